namespace Flyball.Server.Operations;

/// <summary>What log records say of the request that they belong to.</summary>
/// <param name="logger">Any logger: scopes are shared by all.</param>
/// <param name="hasScopes">Whether records are written with the request's id.</param>
internal sealed class LogTerms(ILogger<LogTerms> logger, bool hasScopes)
{
    public const string RequestId = "request_id";

    public bool HasScopes => hasScopes;

    /// <summary>From here on records of this request name it.</summary>
    public IDisposable? Begin(HttpContext context) => logger.BeginScope(new KeyValuePair<string, object?>(RequestId, context.TraceIdentifier));
}
