using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Storage.Audit;
using Flyball.Storage.Journals;

namespace Flyball.Contracts.Corrections;

/// <summary>
/// Where rows are taken back. Nothing is removed from the log: a tombstone follows the row, so whoever asks as of an earlier instant still
/// gets the answer of then. All rows of a request or none. Thread-safe.
/// </summary>
public sealed class RetractionDesk(EventLog log, AuditLog audit)
{
    private const int MostRows = 1_000;

    /// <summary>Takes rows back, with an entry in the audit log. Rows that were taken back before are counted as duplicates.</summary>
    /// <exception cref="FlyballException">FLY3152: a row is not stored, or the source takes no corrections. FLY3153: it belongs to another entity.
    /// FLY3154: a row of its key is held. FLY3155: a row does not meet the contract.</exception>
    public async Task<RetractionReport> RetractAsync(string source, IReadOnlyList<JsonObject> rows, Caller caller, string reason, CancellationToken ct)
    {
        var state = log.StateOf(source)!;
        if (!state.Plan.TakesCorrections)
        {
            throw new FlyballException(new Problem("FLY3152", "The contract of this source takes no corrections, so none of its rows can be taken back.", Remedy: "Give the schema object the custom property corrections: accept."));
        }

        if (rows.Count is 0 or > MostRows)
        {
            throw new FlyballException(new Problem("FLY3002", $"'rows' should have 1 to {MostRows} rows.", new ProblemLocation(Field: "rows")));
        }

        using var batch = log.NewBatch(source)!;
        batch.ObserveInto(null);
        batch.ChecksReferences = false;
        foreach (var row in rows)
        {
            batch.AddJson(Encoding.UTF8.GetBytes(row.ToJsonString()));
        }

        if (batch.Refused is [var refused, ..])
        {
            var first = refused.Problems[0];
            throw new FlyballException(new Problem("FLY3155", $"The row {Place(refused.Row)} does not meet the contract: {first.Code} {first.Message}", first.Where, "Name each row as it was sent: key, entity and event time say where it counts."));
        }

        return await RetractAsync(state, batch, caller, reason, ct);
    }

    private async Task<RetractionReport> RetractAsync(SourceState state, RowBatch batch, Caller caller, string reason, CancellationToken ct)
    {
        var mine = await EventLog.ReserveAsync(state, batch, ct, retract: true);
        try
        {
            foreach (var row in batch.Accepted)
            {
                if (RefusalOf(row) is { } problem)
                {
                    throw new FlyballException(problem);
                }
            }

            List<JournalEntry> entries = [.. batch.Accepted.Where(r => r.Fate == RowFate.Fresh).Select(r => new JournalEntry(state.RetractionStream, batch.StoredForm(r).ToArray()))];
            if (entries.Count == 0)
            {
                return new RetractionReport(batch.Received, 0, batch.Received, log.Applied);
            }

            await audit.AppendAsync(
                new AuditEntry(caller.Name, caller.AuthMethod, "event.retract", "source", state.Plan.Source)
                {
                    ObjectVersion = state.Plan.Version,
                    Decision = AuditDecision.Allow,
                    Reason = reason,
                    Details = new JsonObject { ["rows"] = entries.Count },
                },
                ct);
            var receipt = await log.AppendDecisionAsync(entries);
            return new RetractionReport(batch.Received, entries.Count, batch.Received - entries.Count, receipt.Last);
        }
        finally
        {
            state.Keys.Release(batch.Keyed, mine!);
        }
    }

    private static Problem? RefusalOf(in AcceptedRow row) => row.Fate switch
    {
        RowFate.Unknown => new Problem("FLY3152", $"No row with the key of row {Place(row.Row)} is stored: there is nothing to take back.", new ProblemLocation(Field: "rows"), "None of the rows was taken back. Leave it out, or correct its key."),
        RowFate.Moved => PreparedBatch.Moved,
        RowFate.Conflict => PreparedBatch.Waits,
        _ => null,
    };

    private static string Place(int row) => row.ToString(CultureInfo.InvariantCulture);
}
