namespace Flyball.Serving.Deferred;

/// <summary>A row of <c>prediction_jobs</c>. Settable members, because databases differ in the width of their integers.</summary>
internal sealed class DeferredJob
{
    public const string Columns =
        "id AS Id, ordinal AS Ordinal, model AS Model, caller AS Caller, state AS State, several AS Several, instances AS Instances, request AS Request, bytes AS Bytes, "
        + "idempotency_key AS IdempotencyKey, request_digest AS RequestDigest, webhook AS Webhook, keep_micros AS KeepMicros, created_micros AS CreatedMicros, "
        + "finished_micros AS FinishedMicros, expires_micros AS ExpiresMicros, answer AS Answer, trace AS Trace";

    public string Id { get; set; } = "";

    /// <summary>Rising: the order they are answered in.</summary>
    public long Ordinal { get; set; }

    public string Model { get; set; } = "";

    /// <summary>Who asked, and may ask for the answer.</summary>
    public string Caller { get; set; } = "";

    public string State { get; set; } = "";

    /// <summary>1 for a request with <c>instances</c>.</summary>
    public int Several { get; set; }

    public int Instances { get; set; }

    /// <summary>The rows in stored form, as a JSON array.</summary>
    public string Request { get; set; } = "[]";

    public long Bytes { get; set; }

    public string? IdempotencyKey { get; set; }

    public string RequestDigest { get; set; } = "";

    /// <summary>Name of the webhook that is told.</summary>
    public string? Webhook { get; set; }

    public long KeepMicros { get; set; }

    public long CreatedMicros { get; set; }

    public long? FinishedMicros { get; set; }

    public long? ExpiresMicros { get; set; }

    /// <summary>The answer, or the problem document.</summary>
    public string? Answer { get; set; }

    /// <summary>The span that it was asked in, which the webhook's delivery belongs to; null outside of any trace.</summary>
    public string? Trace { get; set; }
}
