using System.Text.Json.Nodes;
using Flyball.Engine.Time;
using Flyball.Registry.Ledger;

namespace Flyball.Registry;

/// <summary>A version as answers show it.</summary>
internal sealed record VersionDocument(
    string Model,
    int Version,
    string State,
    string Stage,
    string Form,
    string Digest,
    string RunId,
    string Author,
    string RegisteredBy,
    string Risk,
    string CreatedAt,
    string UpdatedAt,
    IReadOnlyList<GateResult> Gates,
    IReadOnlyList<Approval>? Approvals)
{
    public string? Description { get; init; }

    public string? Source { get; init; }

    public string? RunLink { get; init; }

    public string? ModelId { get; init; }

    public string? KeepUntil { get; init; }

    public string? DefinedBy { get; init; }

    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    public IReadOnlyList<string>? Aliases { get; init; }

    public PromotionOutlook? Promotion { get; init; }

    public IReadOnlyList<string>? UsedBy { get; init; }

    public IReadOnlyList<LedgerEntry>? Ledger { get; init; }

    /// <summary>What an archive said about the version where it came from; shown, never counted.</summary>
    public JsonNode? Evidence { get; init; }

    public static VersionDocument Of(ModelVersion version, IReadOnlyList<Approval>? approvals) => new(
        version.Model, version.Version, version.State, version.Stage, version.Form, version.Digest.Hex, version.RunId, version.Author, version.RegisteredBy,
        version.Risk, version.CreatedAt, new EventTime(version.UpdatedMicros).ToString(), version.Gates, approvals)
    {
        Description = version.Description,
        Source = version.Source,
        RunLink = version.RunLink,
        ModelId = version.LoggedModel,
        DefinedBy = version.DefinedBy,
        KeepUntil = version.KeepUntilMicros is { } until ? new EventTime(until).ToString() : null,
    };

    public static VersionDocument Of(VersionRecord record, IReadOnlyList<Approval>? approvals = null) =>
        Of(record.Version, approvals) with { Tags = record.Tags, Aliases = record.Aliases };
}
