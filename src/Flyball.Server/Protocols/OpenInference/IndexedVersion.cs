namespace Flyball.Server.Protocols.OpenInference;

/// <summary>A line of the repository's index.</summary>
/// <param name="Version">Its number; empty for a model without a version that could be loaded.</param>
/// <param name="Reason">Why it does not answer; empty for one that does.</param>
internal sealed record IndexedVersion(string Model, string Version, string Reason)
{
    public bool IsReady => Reason.Length == 0;

    public string State => IsReady ? "READY" : "UNAVAILABLE";
}
