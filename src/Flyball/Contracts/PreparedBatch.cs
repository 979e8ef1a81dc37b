using System.Runtime.InteropServices;
using Flyball.Contracts.Holds;
using Flyball.Contracts.Quality;
using Flyball.Contracts.Quarantine;
using Flyball.Engine.Problems;
using Flyball.Storage.Journals;

namespace Flyball.Contracts;

/// <summary>What a batch whose keys were judged becomes in the journal, and what its sender is told once that is durable.</summary>
/// <param name="Entries">The fresh rows, behind a header when they are held; then the rows put aside. The batch's own list.</param>
/// <param name="Report">Without its horizon.</param>
internal sealed record PreparedBatch(List<JournalEntry> Entries, IngestReport Report)
{
    internal static readonly Problem Correction = new(
        "FLY3111", "A row with this primary key and other content is stored already.", Remedy: "Send a row with a key of its own; or, where such a row corrects the stored one, let the contract say so with the custom property corrections: accept.");

    internal static readonly Problem Moved = new(
        "FLY3153", "The rows of this primary key belong to another entity.", Remedy: "A correction stays with its entity: retract the row, and send another with a key of its own.");

    internal static readonly Problem Waits = new(
        "FLY3154", "A row with this primary key and other content is held.", Remedy: "Release or discard the held batch first: until then nobody can say which row is the later one.");

    /// <param name="state">The batch's source.</param>
    /// <param name="batch">Each row has its fate.</param>
    /// <param name="terms">Who sends it, and how.</param>
    /// <param name="verdict">What the rules say of it.</param>
    /// <param name="hold">Name of the held batch that takes its rows; null lets them in.</param>
    public static PreparedBatch Of(SourceState state, RowBatch batch, IngestTerms terms, BatchVerdict verdict, string? hold)
    {
        var entries = batch.Entries;
        entries.Clear();
        var stream = hold is null ? state.EventStream : state.HeldStream;
        var refused = new List<RefusedRow>(batch.Refused);
        var (duplicates, corrections) = (0, 0);
        string? waits = null;
        foreach (ref readonly var row in CollectionsMarshal.AsSpan(batch.Accepted))
        {
            switch (row.Fate)
            {
                case RowFate.Fresh or RowFate.Correction:
                    corrections += row.Fate == RowFate.Correction ? 1 : 0;
                    entries.Add(new JournalEntry(stream, batch.StoredForm(row), SentBatch.Stated(row, terms.KnownAt)));
                    break;
                case RowFate.Duplicate:
                    duplicates++;
                    waits ??= state.Keys.IsHeld(row.Key) ? state.Holds.BatchOf(row.Key) : null;
                    break;
                default:
                    refused.Add(new RefusedRow(row.Row, [state.RefusalOf(row)], KeptOriginal.OfStored(batch.StoredForm(row).Span), row.KnownAtMicros));
                    break;
            }
        }

        var good = entries.Count;
        var held = hold is null ? 0 : good;
        if (held > 0)
        {
            var part = new HeldPart(hold!, held, terms.Caller.Name, terms.KnownAt, state.Plan.Version, verdict.Findings) { Received = batch.Received, Quarantined = refused.Count, Duplicates = duplicates };
            entries.Insert(0, new JournalEntry(state.HoldStream, part.Encode()));
        }

        refused.Sort((a, b) => a.Row.CompareTo(b.Row));
        entries.AddRange(refused.Select(r => new JournalEntry(state.QuarantineStream, QuarantinedRow.Encode(r, terms.Caller.Name, state.Plan.Version, terms.KnownAt))));
        var reasons = refused.Take(IngestReport.MostReasons).Select(r => new RowReason(r.Row, r.Problems));
        var report = new IngestReport(batch.Received, good - held, refused.Count, duplicates, [.. reasons], default) { Held = held, Corrections = held > 0 ? 0 : corrections, Batch = held > 0 ? hold : waits, Findings = verdict.Findings };
        if (report.Accepted + report.Held > 0 && verdict.Findings.Count > 0 && terms.Part is null)
        {
            // With the rows it is about, so that neither is there without the other; rows that were stored before were judged before.
            entries.Add(QualityLog.EntryOf(state.Plan, verdict, terms.Caller, batch.Received));
        }

        if (terms.Key is not null && entries.Count == 0)
        {
            entries.Add(new JournalEntry(state.RequestStream, "{}"u8.ToArray()));
        }

        return new PreparedBatch(entries, report);
    }

    /// <summary>What makes a repeat of the batch harmless; null for nothing.</summary>
    public IdempotencyKey? KeyIn(SourceState state, IngestTerms terms) => terms switch
    {
        { Part: { } part } => new IdempotencyKey(part.KeyIn(state.Plan, state.Holds.DiscardsOf(part.HoldName)), part.File, default),
        { Key: { } given } => new IdempotencyKey($"{state.EventStream} {terms.Caller.Name} {given}", terms.Request, Report.ToAnswer()),
        _ => null,
    };
}
