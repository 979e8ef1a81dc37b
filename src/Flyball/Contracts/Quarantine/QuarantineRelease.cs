using System.Text.Json.Nodes;
using Flyball.Engine.Problems;
using Flyball.Storage.Journals;

namespace Flyball.Contracts.Quarantine;

/// <summary>What releasing rows comes to: judged, and not written yet.</summary>
internal sealed class QuarantineRelease
{
    /// <param name="state">Their source.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="batch">Has them in the same order, judged, and its keys reserved.</param>
    public QuarantineRelease(SourceState state, List<QuarantinedRow> rows, RowBatch batch)
    {
        var failed = batch.Refused.ToDictionary(r => r.Row, r => r.Problems);
        var fresh = batch.Accepted.Count(a => a.IsStored);
        foreach (var accepted in batch.Accepted)
        {
            var row = rows[accepted.Row];
            switch (accepted.Fate)
            {
                case RowFate.Fresh or RowFate.Correction:
                    Outcomes.Add((row.Seq, RowOutcome.Released, fresh - Entries.Count));
                    Entries.Add(new JournalEntry(state.EventStream, batch.StoredForm(accepted), SentBatch.Stated(accepted, row.KnownAt)));
                    break;
                case RowFate.Duplicate:
                    Outcomes.Add((row.Seq, RowOutcome.Duplicate, 0));
                    break;
                default:
                    failed.Add(accepted.Row, [state.RefusalOf(accepted)]);
                    break;
            }
        }

        Failed = [.. failed.OrderBy(f => f.Key).Select(f => (rows[f.Key].Seq, f.Value))];
    }

    /// <summary>The rows that go in.</summary>
    public List<JournalEntry> Entries { get; } = [];

    /// <summary>By position in quarantine, with the distance of the row that goes in from the decision behind it.</summary>
    public List<(long Seq, RowOutcome Outcome, int Back)> Outcomes { get; } = [];

    /// <summary>The rows that stay, with the reasons that hold now.</summary>
    public IReadOnlyList<(long Seq, IReadOnlyList<Problem> Problems)> Failed { get; }

    /// <summary>For a release that released nothing.</summary>
    public Problem Refusal()
    {
        var (seq, problems) = Failed[0];
        var rest = Failed.Count == 1 ? "" : $" Of {Failed.Count} rows, none passes.";
        return new Problem(
            "FLY4094", $"The row {seq} does not pass the contract as it is now: {problems[0].Code} {problems[0].Message}{rest}", problems[0].Where, problems[0].Remedy ?? "Release an edited copy, mend the contract, or discard it.");
    }

    public JsonObject Counts(int edited) => new()
    {
        ["released"] = Outcomes.Count(o => o.Outcome == RowOutcome.Released),
        ["duplicates"] = Outcomes.Count(o => o.Outcome == RowOutcome.Duplicate),
        ["failed"] = Failed.Count,
        ["edited"] = edited,
    };
}
