using Flyball.Engine.Identity;

namespace Flyball.Registry;

/// <summary>One sealed version of a model. Only its state ever changes.</summary>
/// <param name="Version">1, 2, 3 and so on within the model.</param>
/// <param name="Digest">Digest of the bundle: what predictions name and approvals bind.</param>
/// <param name="Blob">Digest of the packed bundle among the blobs.</param>
/// <param name="RunId">The run it came out of.</param>
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
    public bool MayBePromoted => State == VersionStates.Approved;

    public bool NeedsAnotherApprover => Risk == "high";
}
