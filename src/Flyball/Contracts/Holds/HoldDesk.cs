using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Contracts.Quarantine;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Storage.Audit;
using Flyball.Storage.Journals;

namespace Flyball.Contracts.Holds;

/// <summary>
/// Where people decide about held batches. Each part of a batch is decided about in one frame with the rows it releases, so a long batch whose
/// release is cut short is partly in, says so, and goes on when it is released again. Thread-safe.
/// </summary>
public sealed class HoldDesk(EventLog log, AuditLog audit)
{
    /// <summary>
    /// Releases a batch: its rows go in, with a known-at of now, or with the one that their import stated. A row that does not meet the contract
    /// as it is now goes into quarantine.
    /// </summary>
    /// <exception cref="FlyballException">FLY4004: no such source or batch. FLY4093: it was discarded before.</exception>
    public Task<DecidedBatch> ReleaseAsync(string source, string batch, Caller caller, string reason, CancellationToken ct) =>
        DecideAsync(source, batch, isRelease: true, caller, reason, ct);

    /// <summary>Discards a batch: its rows stay readable, will not go in, and may be sent again.</summary>
    /// <exception cref="FlyballException">FLY4004: no such source or batch. FLY4093: it was released before, or in part.</exception>
    public Task<DecidedBatch> DiscardAsync(string source, string batch, Caller caller, string reason, CancellationToken ct) =>
        DecideAsync(source, batch, isRelease: false, caller, reason, ct);

    private async Task<DecidedBatch> DecideAsync(string source, string id, bool isRelease, Caller caller, string reason, CancellationToken ct)
    {
        var state = log.StateOf(source) ?? throw NotFound("There is no contract for this source.", "GET /v1/contracts lists the sources.");
        await state.Deciding.WaitAsync(ct);
        try
        {
            var batch = state.Holds.Find(id) ?? throw NotFound("This source has no held batch of this name.", "GET /v1/holds/{source} lists them.");
            if (batch.Parts.Any(p => p.DecisionSeq is not null && p.IsReleased != isRelease))
            {
                throw new FlyballException(new Problem(
                    "FLY4093", $"The batch was {(isRelease ? "discarded" : "released")} before{(batch.State == HoldState.Releasing ? ", in part" : "")}.", new ProblemLocation(Field: "batch"), "A decision stands."));
            }

            var open = batch.Parts.Where(p => p.DecisionSeq is null).Select(p => p.Part).ToList();
            if (open.Count > 0)
            {
                await AuditAsync(isRelease ? "hold.release" : "hold.discard", state, batch, open, caller, reason, ct);
            }

            foreach (var part in open)
            {
                var entries = isRelease ? ReleaseOf(state, part, caller, reason) : [new JournalEntry(state.DecisionStream, Decision(state, part, false, caller, reason).Encode())];
                await log.AppendDecisionAsync(entries);
            }

            var decisions = HoldListing.Decisions(log, state.Holds.Find(id)!);
            return new DecidedBatch(id, isRelease, batch.Rows, decisions.Sum(d => (long)d.Released), decisions.Sum(d => (long)d.Quarantined)) { Replayed = open.Count == 0 };
        }
        finally
        {
            state.Deciding.Release();
        }
    }

    /// <summary>The part's rows as the contract judges them now, and the decision behind them. Their keys are reserved since they were held.</summary>
    private List<JournalEntry> ReleaseOf(SourceState state, HeldPart part, Caller caller, string reason)
    {
        using var batch = log.NewBatch(state.Plan.Source)!;
        var arrivals = new List<KnownAt>();
        foreach (var record in log.ReadAt([.. Enumerable.Range(1, part.Rows).Select(i => part.Seq + i)]))
        {
            batch.AddHeld(record.Payload.Span, part.KnownAt.Column is null ? null : record.KnownAt.Micros);
            arrivals.Add(record.KnownAt);
        }

        batch.Settle();
        state.Keys.JudgeHeld(batch.Keyed);
        var entries = new List<JournalEntry>();
        foreach (var accepted in batch.Accepted.Where(a => a.IsStored))
        {
            KnownAt? stated = part.KnownAt == KnownAtPolicy.Assigned ? null : arrivals[accepted.Row];
            entries.Add(new JournalEntry(state.EventStream, batch.StoredForm(accepted).ToArray(), stated));
        }

        var released = entries.Count;
        List<RefusedRow> refused = [.. batch.Refused, .. batch.Accepted.Where(a => !a.IsStored).Select(a => new RefusedRow(a.Row, [state.RefusalOf(a)], KeptOriginal.OfStored(batch.StoredForm(a).Span)))];
        entries.AddRange(refused.OrderBy(r => r.Row).Select(r => new JournalEntry(state.QuarantineStream, QuarantinedRow.Encode(r, part.Caller, state.Plan.Version, part.KnownAt))));
        var decision = Decision(state, part, true, caller, reason) with { Released = released, Quarantined = refused.Count };
        entries.Add(new JournalEntry(state.DecisionStream, decision.Encode()));
        return entries;
    }

    private static DecisionRecord Decision(SourceState state, HeldPart part, bool isRelease, Caller caller, string reason) =>
        DecisionRecord.By(caller, isRelease, reason, state.Plan) with { Batch = part.Batch, Part = part.Seq };

    private async Task AuditAsync(string action, SourceState state, HeldBatch batch, List<HeldPart> open, Caller caller, string reason, CancellationToken ct) =>
        await audit.AppendAsync(
            new AuditEntry(caller.Name, caller.AuthMethod, action, "hold", $"{state.Plan.Source}/{batch.Id}")
            {
                ObjectVersion = state.Plan.Version,
                Decision = AuditDecision.Allow,
                Reason = reason,
                Details = new JsonObject
                {
                    ["rows"] = open.Sum(p => (long)p.Rows),
                    ["rules"] = new JsonArray([.. open.SelectMany(p => p.Findings).Select(f => f.Rule).Distinct(StringComparer.Ordinal).Select(r => (JsonNode)r)]),
                },
            },
            ct);

    private static FlyballException NotFound(string message, string remedy) => new(new Problem("FLY4004", message, Remedy: remedy));
}
