namespace Flyball.Serving.Backends;

/// <summary>A remote model did not give a score. Names no value of a row, and nothing that the other side said.</summary>
/// <param name="reason">One of a few words, which failures are counted by.</param>
internal sealed class RemoteModelException(string reason) : Exception($"The remote model gave no score: {reason}.")
{
    /// <summary>No answer in time.</summary>
    public const string Timeout = "remote_timeout";

    /// <summary>No connection, or one that broke.</summary>
    public const string Unreachable = "remote_unreachable";

    /// <summary>As many requests as may wait are waiting.</summary>
    public const string Busy = "remote_busy";

    /// <summary>An answer that is no success.</summary>
    public const string Status = "remote_status";

    /// <summary>An answer that is not the one score that was asked for.</summary>
    public const string Malformed = "remote_malformed";

    public string Reason => reason;
}
