using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Storage.Audit;
using Flyball.Storage.Journals;

namespace Flyball.Contracts.Quarantine;

/// <summary>
/// Where people decide about rows in quarantine. A decision and the rows it releases become durable together; the audit log has its entry
/// before that. Deciding the same twice gives the first answer; deciding otherwise is refused, and then nothing is done. Thread-safe.
/// </summary>
public sealed class QuarantineDesk(EventLog log, AuditLog audit)
{
    /// <summary>The most rows of one decision.</summary>
    public const int MostRows = 5_000;

    /// <summary>Kept originals of one decision, in characters; the released rows have to fit into one frame.</summary>
    private const int MostText = 8 << 20;

    /// <summary>Releases rows: each is judged by the contract as it is now, and goes in with a known-at of now, or with the one that its import stated.</summary>
    /// <param name="source">The source.</param>
    /// <param name="selection">Which rows.</param>
    /// <param name="caller">Who decides.</param>
    /// <param name="reason">Why.</param>
    /// <param name="ct">Observed until the audit entry is written.</param>
    /// <exception cref="FlyballException">FLY4004: no such source or row. FLY4093: a row was discarded before. FLY4094: no row passes the contract. FLY4013: too much at once.</exception>
    public Task<DecidedRows> ReleaseAsync(string source, RowSelection selection, Caller caller, string reason, CancellationToken ct) =>
        DecideAsync(source, isRelease: true, selection, caller, reason, ct);

    /// <summary>Discards rows: they stay readable in quarantine, and will not go in.</summary>
    /// <exception cref="FlyballException">FLY4004: no such source or row. FLY4093: a row was released before. FLY4013: too much at once.</exception>
    public Task<DecidedRows> DiscardAsync(string source, RowSelection selection, Caller caller, string reason, CancellationToken ct) =>
        DecideAsync(source, isRelease: false, selection, caller, reason, ct);

    private async Task<DecidedRows> DecideAsync(string source, bool isRelease, RowSelection selection, Caller caller, string reason, CancellationToken ct)
    {
        var state = log.StateOf(source) ?? throw NotFound("There is no contract for this source.", "GET /v1/contracts lists the sources.");
        await state.Deciding.WaitAsync(ct);
        try
        {
            var (open, decided, next) = Select(state, isRelease, selection);
            if (open.Count == 0)
            {
                return new DecidedRows(isRelease, decided) { Replayed = decided.Count > 0, Next = next };
            }

            var answer = isRelease
                ? await ReleaseAsync(state, open, selection, caller, reason, ct)
                : await DiscardAsync(state, open, caller, reason, ct);
            return answer with { Rows = [.. answer.Rows.Concat(decided).OrderBy(r => r.Seq)], Next = next };
        }
        finally
        {
            state.Deciding.Release();
        }
    }

    private (List<QuarantinedRow> Open, List<DecidedRow> Decided, long? Next) Select(SourceState state, bool isRelease, RowSelection selection)
    {
        if (selection.Seqs.Count == 0 && selection.Edits.Count == 0)
        {
            var (rows, next) = QuarantineListing.List(log, state, QuarantineState.Open, selection.Rule, selection.After, MostRows);
            var fitting = Fitting(rows);
            return fitting.Count == 0 && next is null && selection.After == 0
                ? throw NotFound(selection.Rule is null ? "No row waits in this source's quarantine." : "No row that waits in this source's quarantine was put there for this rule.", "GET /v1/quarantine/{source} lists them.")
                : (fitting, [], fitting.Count < rows.Count ? fitting[^1].Seq : next);
        }

        var (named, decided) = Sort(state, isRelease, [.. selection.Seqs.Concat(selection.Edits.Keys).Distinct().Order()]);
        var open = log.ReadAt(named).Select(r => QuarantinedRow.Decode(r)).ToList();
        return Fitting(open).Count < open.Count
            ? throw new FlyballException(new Problem("FLY4013", $"These rows hold more than {MostText} characters.", new ProblemLocation(Field: "seqs"), "Name fewer at a time."))
            : (open, decided, null);
    }

    /// <summary>The named rows that nobody decided about, and those that were decided so before; the others are problems.</summary>
    private static (List<long> Open, List<DecidedRow> Decided) Sort(SourceState state, bool isRelease, List<long> seqs)
    {
        if (seqs.Count > MostRows)
        {
            throw new FlyballException(new Problem("FLY4013", $"{seqs.Count} rows are named, and one decision takes {MostRows}.", new ProblemLocation(Field: "seqs"), "Name fewer at a time, or select by rule."));
        }

        var (open, decided, unknown, otherwise) = (new List<long>(), new List<DecidedRow>(), new List<long>(), new List<long>());
        foreach (var seq in seqs)
        {
            if (!state.Quarantine.TryFind(seq, out var found))
            {
                unknown.Add(seq);
            }
            else if (found is not { } decision)
            {
                open.Add(seq);
            }
            else if (isRelease == (decision.Outcome == RowOutcome.Discarded))
            {
                otherwise.Add(seq);
            }
            else
            {
                decided.Add(new DecidedRow(seq, decision.Outcome, decision.ReleasedAs));
            }
        }

        return unknown.Count > 0 ? throw NotFound($"These rows are not in this source's quarantine: {Names(unknown)}.", "GET /v1/quarantine/{source} lists them. Nothing was decided.")
            : otherwise.Count > 0 ? throw new FlyballException(new Problem(
                "FLY4093", $"These rows were {(isRelease ? "discarded" : "released")} before: {Names(otherwise)}.", new ProblemLocation(Field: "seqs"), "A decision stands. Leave them out; nothing was decided."))
            : (open, decided);
    }

    private static List<QuarantinedRow> Fitting(IReadOnlyList<QuarantinedRow> rows)
    {
        var room = MostText;
        return [.. rows.TakeWhile((row, i) => i == 0 || (room -= row.Original.Length) > 0)];
    }

    private async Task<DecidedRows> DiscardAsync(SourceState state, List<QuarantinedRow> rows, Caller caller, string reason, CancellationToken ct)
    {
        var decision = DecisionRecord.By(caller, isRelease: false, reason, state.Plan) with { Rows = [.. rows.Select(r => (r.Seq, RowOutcome.Discarded, 0))] };
        await AuditAsync("quarantine.discard", state, rows, caller, reason, new JsonObject { ["discarded"] = rows.Count }, ct);
        await log.AppendDecisionAsync([new JournalEntry(state.DecisionStream, decision.Encode())]);
        return new DecidedRows(false, [.. rows.Select(r => new DecidedRow(r.Seq, RowOutcome.Discarded, null))]);
    }

    private async Task<DecidedRows> ReleaseAsync(
        SourceState state, List<QuarantinedRow> rows, RowSelection selection, Caller caller, string reason, CancellationToken ct)
    {
        var edits = selection.Edits;
        using var batch = log.NewBatch(state.Plan.Source)!;
        foreach (var row in rows)
        {
            if (edits.TryGetValue(row.Seq, out var edited))
            {
                batch.AddEdited(row, System.Text.Encoding.UTF8.GetBytes(edited));
            }
            else
            {
                batch.AddKept(row);
            }
        }

        var mine = await EventLog.ReserveAsync(state, batch, ct);
        try
        {
            var release = new QuarantineRelease(state, rows, batch);
            if (release.Outcomes.Count == 0)
            {
                // Someone who goes through a long quarantine step by step meets steps in which nothing passes.
                return selection.After > 0 ? new DecidedRows(true, []) { Failed = release.Failed } : throw new FlyballException(release.Refusal());
            }

            var edited = rows.Select(r => r.Seq).Where(s => edits.ContainsKey(s) && release.Outcomes.Any(o => o.Seq == s)).ToList();
            var decision = DecisionRecord.By(caller, isRelease: true, reason, state.Plan) with { Rows = release.Outcomes, Edited = edited };
            await AuditAsync("quarantine.release", state, rows, caller, reason, release.Counts(edited.Count), ct);
            var receipt = await log.AppendDecisionAsync([.. release.Entries, new JournalEntry(state.DecisionStream, decision.Encode())]);
            return new DecidedRows(true, [.. release.Outcomes.Select(o => new DecidedRow(o.Seq, o.Outcome, o.Back > 0 ? receipt.Last.Seq - o.Back : null))]) { Failed = release.Failed };
        }
        finally
        {
            if (mine is not null)
            {
                state.Keys.Release(batch.Keyed, mine);
            }
        }
    }

    private async Task AuditAsync(string action, SourceState state, List<QuarantinedRow> rows, Caller caller, string reason, JsonObject details, CancellationToken ct)
    {
        details["first_seq"] = rows[0].Seq;
        details["last_seq"] = rows[^1].Seq;
        await audit.AppendAsync(
            new AuditEntry(caller.Name, caller.AuthMethod, action, "quarantine", state.Plan.Source) { ObjectVersion = state.Plan.Version, Decision = AuditDecision.Allow, Reason = reason, Details = details }, ct);
    }

    private static string Names(List<long> seqs) =>
        string.Join(", ", seqs.Take(10)) + (seqs.Count > 10 ? $" and {seqs.Count - 10} more" : "");

    private static FlyballException NotFound(string message, string remedy) => new(new Problem("FLY4004", message, Remedy: remedy));
}
