using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Flyball.Contracts;

/// <summary>What a route on which a person decides gets with every call.</summary>
/// <param name="Context">Says who calls.</param>
/// <param name="Log">The sources.</param>
/// <param name="Loggers">Where the decision is told.</param>
/// <param name="Ct">The caller went away.</param>
internal readonly record struct DecisionCall(HttpContext Context, EventLog Log, ILoggerFactory Loggers, CancellationToken Ct);
