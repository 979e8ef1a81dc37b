namespace Flyball.Governance.Readiness;

/// <summary>A document that a team attached to a test of one version. The last one of a test counts, for the bytes it was attached to.</summary>
/// <param name="Model">The model.</param>
/// <param name="Test">Such as <c>data.2</c>.</param>
/// <param name="Digest">SHA-256 of the document among the blobs.</param>
/// <param name="Name">Its file's name.</param>
/// <param name="Reason">What it shows, in the words of the one who attached it.</param>
/// <param name="Actor">Who attached it.</param>
/// <param name="AttachedAt">RFC 3339.</param>
public sealed record AttachedEvidence(string Model, string Test, string Digest, string Name, string Reason, string Actor, string AttachedAt)
{
    /// <summary>The version it is about.</summary>
    public int? Version { get; init; }

    /// <summary>Digest of that version's bundle.</summary>
    public string? Bundle { get; init; }
}
