using Flyball.Engine.Identity;

namespace Flyball.Registry;

/// <summary>One sealed version of a model. What it consists of never changes; its state, stage, description and tags may.</summary>
/// <param name="Version">1, 2, 3 and so on within the model.</param>
/// <param name="Digest">Digest of the bundle, or of the list of files: what predictions name and approvals bind.</param>
/// <param name="Blob">Digest of the packed bundle among the blobs, or of the list of files.</param>
/// <param name="RunId">The run it came out of; empty when none was named.</param>
/// <param name="Author">Who asked for that run.</param>
/// <param name="RegisteredBy">Who brought the version here; usually the author.</param>
/// <param name="Risk">The model's risk when it was registered: <c>high</c> needs an approver who is neither of the two.</param>
/// <param name="State">One of <see cref="VersionStates"/>.</param>
/// <param name="CreatedAt">RFC 3339.</param>
/// <param name="Gates">What the gates found, decided once at registration.</param>
public sealed record ModelVersion(
    string Model,
    int Version,
    Digest Digest,
    Digest Blob,
    string RunId,
    string Author,
    string RegisteredBy,
    string Risk,
    string State,
    string CreatedAt,
    IReadOnlyList<GateResult> Gates)
{
    /// <summary>One of <see cref="VersionForms"/>.</summary>
    public string Form { get; init; } = VersionForms.Bundle;

    /// <summary>The list of the files it was logged with; null for a version that was trained here.</summary>
    public Digest? Manifest { get; init; }

    /// <summary>One of <see cref="VersionStages"/>.</summary>
    public string Stage { get; init; } = VersionStages.None;

    public string? Description { get; init; }

    /// <summary>Where its files were logged to, as the client said; never followed.</summary>
    public string? Source { get; init; }

    /// <summary>Who applied the definitions it was made and judged by; null when that was not recorded. An author too, where the risk is high.</summary>
    public string? DefinedBy { get; init; }

    /// <summary>The logged model it was made of.</summary>
    public string? LoggedModel { get; init; }

    public string? RunLink { get; init; }

    /// <summary>When it was registered, in microseconds since 1970.</summary>
    public long CreatedMicros { get; init; }

    /// <summary>When its description, stage or state last changed.</summary>
    public long UpdatedMicros { get; init; }

    /// <summary>Until when an archived version is kept; null when that is not decided.</summary>
    public long? KeepUntilMicros { get; init; }

    /// <summary>Whether it has a bundle, without which it can neither be judged nor answer.</summary>
    public bool HasBundle => Form == VersionForms.Bundle;

    public bool MayBePromoted => HasBundle && State == VersionStates.Approved;

    public bool NeedsAnotherApprover => Risk == "high";
}
