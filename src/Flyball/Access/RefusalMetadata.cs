using Flyball.Engine.Problems;
using Microsoft.AspNetCore.Http;

namespace Flyball.Access;

/// <summary>How a refusal is written on the routes of a protocol that prescribes its own form; others answer with problem documents.</summary>
/// <param name="Write">Makes the answer of a problem.</param>
public sealed record RefusalMetadata(Func<Problem, IResult> Write);
