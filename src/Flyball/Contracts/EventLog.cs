using System.Collections.Frozen;
using Flyball.Contracts.Quality;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Storage.Journals;

namespace Flyball.Contracts;

/// <summary>
/// The log of accepted rows, the door to it and the only way news travels to later stages. A batch becomes durable whole, with its quarantined
/// rows and its idempotency key, before anybody is told; then subscribers see its rows in log order, and only then <see cref="Applied"/> moves
/// and the sender gets its answer: who got an answer reads its own writes. A row read back from the log takes the same way whether it arrived
/// a moment ago or before the last start. Subscribe, then <see cref="Replay"/>, then ingest; ingesting is safe from any thread.
/// </summary>
public sealed class EventLog
{
    private static readonly Problem Correction = new(
        "FLY3111", "A row with this primary key and other content is stored already.", Remedy: "Corrections of stored rows are not taken yet: send a row with a key of its own.");

    private readonly Journal journal;
    private readonly SipHash hash = SipHash.Keyed();
    private readonly FrozenDictionary<string, SourceState> sources;
    private readonly FrozenDictionary<string, SourceState> byEventStream;
    private readonly FrozenDictionary<string, SourceState> byQuarantineStream;
    private readonly ContractMetrics metrics;
    private readonly List<Action<EventRow>> subscribers = [];
    private long applied;
    private long unread;
    private volatile bool replayed;

    /// <param name="journal">Owned by the caller, who disposes it after the last use of this log. Nothing was appended to it in this process.</param>
    /// <param name="contracts">The sources.</param>
    /// <param name="metrics">Null counts nowhere.</param>
    public EventLog(Journal journal, ContractSet contracts, ContractMetrics? metrics = null)
    {
        this.journal = journal;
        this.metrics = metrics ?? new ContractMetrics(null);
        Contracts = contracts;
        var states = contracts.Plans.Select(p => new SourceState(p, hash)).ToList();
        sources = states.ToFrozenDictionary(s => s.Plan.Source, StringComparer.Ordinal);
        foreach (var state in states)
        {
            state.ForeignKeys = [.. state.Plan.Relationships.Select(r => sources.TryGetValue(r.TargetSource, out var target) ? ForeignKeyRule.Of(state.Plan, r, target.Plan, target.Keys) : null).OfType<ForeignKeyRule>()];
        }

        byEventStream = states.ToFrozenDictionary(s => s.EventStream, StringComparer.Ordinal);
        byQuarantineStream = states.ToFrozenDictionary(s => s.QuarantineStream, StringComparer.Ordinal);
        Quality = new QualityLog(journal, contracts, hash);
        journal.Subscribe(Apply);
    }

    public ContractSet Contracts { get; }

    /// <summary>References of the sources, and the findings about their batches.</summary>
    public QualityLog Quality { get; }

    /// <summary>Every subscriber has seen every row up to here.</summary>
    public Horizon Applied => new(Volatile.Read(ref applied));

    /// <summary>
    /// Calls back with every row in log order, from <see cref="Replay"/> and then live, from one thread at a time. Keep it short: the log waits
    /// for it. One that throws breaks the log, because what it holds would no longer be what the log says.
    /// </summary>
    /// <exception cref="InvalidOperationException">The replay has begun.</exception>
    public void Subscribe(Action<EventRow> subscriber)
    {
        if (replayed)
        {
            throw new InvalidOperationException("Subscribe before the replay.");
        }

        subscribers.Add(subscriber);
    }

    /// <summary>Feeds the index of keys and the subscribers with what is stored. Once, at start. Cost: about a microsecond a row.</summary>
    public ReplayReport Replay()
    {
        if (replayed)
        {
            throw new InvalidOperationException("The log was replayed already.");
        }

        long rows = 0;
        long quarantined = 0;
        foreach (var record in journal.Read(default, journal.Durable))
        {
            var effect = Apply(record);
            rows += effect == Effect.Row ? 1 : 0;
            quarantined += effect == Effect.Quarantined ? 1 : 0;
            applied = record.Seq;
        }

        replayed = true;
        return new ReplayReport(rows, quarantined, unread, Applied);
    }

    /// <summary>The stream of the journal that holds a source's accepted rows.</summary>
    public static string StreamOf(string source) => SourceState.EventStreamOf(source);

    /// <summary>An empty batch for a source's rows; null when there is no such source.</summary>
    public RowBatch? NewBatch(string source) => sources.TryGetValue(source, out var state) ? new RowBatch(state.Plan, hash, Quality.ReferenceOf(source), state.ForeignKeys) : null;

    /// <summary>Appends a batch of this log, all or nothing, and answers when it is durable and applied.</summary>
    /// <param name="batch">From <see cref="NewBatch"/>; not used by anybody else until this completes.</param>
    /// <param name="terms">Who sends it, and how.</param>
    /// <param name="ct">Observed until the batch is queued; a queued batch is stored whatever the caller does.</param>
    /// <returns>The report; or FLY4091 while a first request with the same idempotency key is on its way, FLY4092 when the key was used for another request.</returns>
    /// <exception cref="FlyballException">The log is broken (FLY2001) or the batch too large for it (FLY2004).</exception>
    public async ValueTask<IngestOutcome> IngestAsync(RowBatch batch, IngestTerms terms, CancellationToken ct)
    {
        if (!replayed)
        {
            throw new InvalidOperationException("Replay the log before ingesting.");
        }

        var verdict = terms.IsPart ? BatchVerdict.Clean : batch.Judge();
        if (verdict.Holds)
        {
            return QualityLog.Refusal(verdict);
        }

        var state = sources[batch.Plan.Source];
        if (state.Plan.PrimaryKey.Count == 0)
        {
            return await AppendAsync(state, batch, terms, verdict, ct);
        }

        var mine = new KeyReservation();
        while (state.Keys.TryReserve(batch.Accepted, mine) is { } other)
        {
            await other.Settled.WaitAsync(ct);
        }

        try
        {
            return await AppendAsync(state, batch, terms, verdict, ct);
        }
        finally
        {
            state.Keys.Release(batch.Accepted, mine);
        }
    }

    /// <summary>Quarantined rows of a source after a position, oldest first. Cost: reads the log between the first and the last of them.</summary>
    public IReadOnlyList<QuarantinedRow> ReadQuarantine(string source, Horizon after, int limit)
    {
        if (!sources.TryGetValue(source, out var state) || state.QuarantinedAfter(after.Seq, limit) is not { Count: > 0 } positions)
        {
            return [];
        }

        var rows = new List<QuarantinedRow>();
        foreach (var record in journal.Read(new Horizon(positions[0] - 1), new Horizon(positions[^1])))
        {
            if (string.Equals(record.Stream, state.QuarantineStream, StringComparison.Ordinal))
            {
                rows.Add(QuarantinedRow.Decode(record));
            }
        }

        return rows;
    }

    /// <summary>How many rows of a source are in quarantine.</summary>
    public long QuarantineCount(string source) => sources.TryGetValue(source, out var state) ? state.QuarantineCount : 0;

    private async ValueTask<IngestOutcome> AppendAsync(SourceState state, RowBatch batch, IngestTerms terms, BatchVerdict verdict, CancellationToken ct)
    {
        var (entries, report) = Prepare(state, batch, terms);
        if (report.Accepted > 0 && verdict.Findings.Count > 0)
        {
            // With the rows it is about, so that neither is there without the other; rows that were stored before were judged before.
            entries.Add(QualityLog.EntryOf(state.Plan, verdict, terms.Caller, batch.Received));
        }

        IdempotencyKey? key = null;
        if (terms.Key is not null)
        {
            key = new IdempotencyKey($"{state.EventStream} {terms.Caller.Name} {terms.Key}", terms.Request, report.ToAnswer());
            if (entries.Count == 0)
            {
                entries.Add(new JournalEntry(state.RequestStream, "{}"u8.ToArray()));
            }
        }

        if (entries.Count == 0)
        {
            // All duplicates: each was judged against a durable row.
            metrics.Count(state.Plan.Source, report);
            return report with { Horizon = Applied };
        }

        var receipt = await journal.AppendAsync(new JournalBatch(entries, key), ct);
        switch (receipt.Outcome)
        {
            case AppendOutcome.Appended:
                metrics.Count(state.Plan.Source, report);
                metrics.Count(state.Plan.Source, report.Accepted > 0 ? verdict : BatchVerdict.Clean);
                return report with { Horizon = receipt.Last };
            case AppendOutcome.Replayed:
                return IngestReport.FromAnswer(receipt.Answer.Span, receipt.Last);
            case AppendOutcome.InFlight:
                return new Problem("FLY4091", "The first request with this idempotency key is not finished.", Remedy: "Ask again in a moment.");
            default:
                return new Problem("FLY4092", "This idempotency key was used for another request.", Remedy: "Use a new key for every request; repeat a key only with the same body.");
        }
    }

    private static (List<JournalEntry> Entries, IngestReport Report) Prepare(SourceState state, RowBatch batch, IngestTerms terms)
    {
        var entries = new List<JournalEntry>(batch.Received);
        var refused = new List<RefusedRow>(batch.Refused);
        var duplicates = 0;
        foreach (ref readonly var row in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(batch.Accepted))
        {
            switch (row.Fate)
            {
                case RowFate.Fresh:
                    KnownAt? knownAt = terms.KnownAt == KnownAtPolicy.EventTime && row.EventTimeMicros is { } micros ? new KnownAt(micros) : null;
                    entries.Add(new JournalEntry(state.EventStream, batch.StoredForm(row), knownAt));
                    break;
                case RowFate.Duplicate:
                    duplicates++;
                    break;
                default:
                    refused.Add(new RefusedRow(row.Row, [Correction], batch.StoredForm(row).ToArray()));
                    break;
            }
        }

        var accepted = entries.Count;
        refused.Sort((a, b) => a.Row.CompareTo(b.Row));
        entries.AddRange(refused.Select(r => new JournalEntry(state.QuarantineStream, QuarantinedRow.Encode(r, terms.Caller.Name, state.Plan.Version))));
        var reasons = refused.Take(IngestReport.MostReasons).Select(r => new RowReason(r.Row, r.Problems));
        return (entries, new IngestReport(batch.Received, accepted, refused.Count, duplicates, [.. reasons], default));
    }

    /// <summary>On the journal's writer thread, before anybody is told.</summary>
    private void Apply(IReadOnlyList<JournalRecord> records)
    {
        for (var i = 0; i < records.Count; i++)
        {
            Apply(records[i]);
        }

        Volatile.Write(ref applied, records[^1].Seq);
    }

    private Effect Apply(in JournalRecord record)
    {
        if (byEventStream.TryGetValue(record.Stream, out var source))
        {
            if (!source.TryApply(record, out var row))
            {
                unread++;
                return Effect.None;
            }

            foreach (var subscriber in subscribers)
            {
                subscriber(row);
            }

            return Effect.Row;
        }

        if (byQuarantineStream.TryGetValue(record.Stream, out source))
        {
            source.AddQuarantined(record.Seq);
            return Effect.Quarantined;
        }

        Quality.Apply(record);
        unread += record.Stream.StartsWith("events/", StringComparison.Ordinal) ? 1 : 0;
        return Effect.None;
    }

    private enum Effect
    {
        None,
        Row,
        Quarantined,
    }
}
