using System.Text.Json.Nodes;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Quarantine;

/// <summary>What a decision about rows in quarantine came to.</summary>
/// <param name="IsRelease">Release, or discard.</param>
/// <param name="Rows">The rows it is about, with their outcome; in order.</param>
public sealed record DecidedRows(bool IsRelease, IReadOnlyList<DecidedRow> Rows)
{
    /// <summary>Rows that stay in quarantine, because they do not meet the contract as it is now, with the reasons that hold now.</summary>
    public IReadOnlyList<(long Seq, IReadOnlyList<Problem> Problems)> Failed { get; init; } = [];

    /// <summary>Nothing was written now: all of it was decided so before.</summary>
    public bool Replayed { get; init; }

    /// <summary>Where to go on, when more rows meet the rule than one decision takes; null when that was all.</summary>
    public long? Next { get; init; }

    internal JsonObject ToJson() => new()
    {
        ["released"] = Count(RowOutcome.Released),
        ["duplicates"] = Count(RowOutcome.Duplicate),
        ["discarded"] = Count(RowOutcome.Discarded),
        ["failed"] = Failed.Count,
        ["rows"] = new JsonArray([.. Rows.Select(r => (JsonNode)r.ToJson())]),
        ["reasons"] = new JsonArray([.. Failed.Take(IngestReport.MostReasons).Select(f => (JsonNode)ReasonJson.Row(f.Seq, f.Problems))]),
        ["replayed"] = Replayed,
        ["next"] = Next,
    };

    private int Count(RowOutcome outcome) => Rows.Count(r => r.Outcome == outcome);
}
