using System.Security.Cryptography;
using Flyball.Access;
using Flyball.Contracts.Holds;
using Flyball.Contracts.Privacy;
using Flyball.Contracts.Quality;
using Flyball.Contracts.Quarantine;
using Flyball.Contracts.Snapshots;
using Flyball.Contracts.Versions;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Storage.Journals;
using Flyball.Storage.Snapshots;

namespace Flyball.Contracts;

/// <summary>
/// The log of accepted rows, the door to it and the only way news travels to later stages. A batch becomes durable whole, with its quarantined
/// rows and its idempotency key, before anybody is told; then subscribers see its rows in log order, and only then <see cref="Applied"/> moves
/// and the sender gets its answer: who got an answer reads its own writes. A row read back from the log takes the same way whether it arrived
/// a moment ago or before the last start. Subscribe, then <see cref="Replay"/>, then ingest; ingesting is safe from any thread.
/// </summary>
public sealed class EventLog
{
    /// <summary>Stands among the rebuilt parts when the whole snapshot was of another log.</summary>
    internal const string OtherLog = "of another log";

    private readonly Journal journal;
    private readonly SipHash hash = SipHash.Keyed();
    private readonly SourceStates sources;
    private readonly ContractMetrics metrics;
    private readonly EarlierContracts earlier;
    private readonly TimeProvider time;
    private readonly LogSnapshot snapshot;
    private long applied;
    private volatile bool replayed;

    /// <param name="journal">Owned by the caller, who disposes it after the last use of this log. Nothing was appended to it in this process.</param>
    /// <param name="contracts">The sources.</param>
    /// <param name="metrics">Null counts nowhere.</param>
    /// <param name="tokens">From <see cref="Tokeniser.For"/>; null lets nothing into a source whose contract holds personal fields.</param>
    /// <param name="earlier">Earlier versions that are accepted beside the contracts; null for none.</param>
    /// <param name="time">The journal's clock; null for the system's.</param>
    public EventLog(Journal journal, ContractSet contracts, ContractMetrics? metrics = null, Tokeniser? tokens = null, EarlierContracts? earlier = null, TimeProvider? time = null)
    {
        this.time = time ?? TimeProvider.System;
        this.earlier = earlier ?? EarlierContracts.None();
        this.journal = journal;
        this.metrics = metrics ?? new ContractMetrics(null);
        Contracts = contracts;
        Quality = new QualityLog(journal, contracts, hash);
        sources = new SourceStates(contracts, hash, Quality);
        snapshot = new LogSnapshot(journal, sources, hash);
        foreach (var plan in contracts.Plans)
        {
            plan.Tokens = tokens ?? plan.Tokens;
            if (this.earlier.Find(plan.Source) is { } accepted)
            {
                accepted.Plan.Tokens = tokens ?? accepted.Plan.Tokens;
            }
        }

        this.metrics.ObserveAges(() => sources.All.Select(s => (s.Plan.Source, s.Activity.SilentFor(Now.Micros))));
        journal.SubscribeBatches(Apply);
    }

    public ContractSet Contracts { get; }

    /// <summary>Earlier versions that are accepted beside them, and how many rows came that way.</summary>
    public EarlierContracts Earlier => earlier;
    /// <summary>References of the sources, and the findings about their batches.</summary>
    public QualityLog Quality { get; }

    /// <summary>Every subscriber has seen every row up to here.</summary>
    public Horizon Applied => new(Volatile.Read(ref applied));

    /// <summary>
    /// Calls back with every row in log order, from <see cref="Replay"/> and then live, from one thread at a time. Keep it short: the log waits
    /// for it. One that throws breaks the log, because what it holds would no longer be what the log says.
    /// </summary>
    /// <param name="subscriber">Called with each row.</param>
    /// <param name="only">The sources whose rows it wants; null for all. A source that nobody listens to costs less.</param>
    /// <param name="part">What it keeps in a snapshot; null when it needs every row from the first on.</param>
    /// <exception cref="InvalidOperationException">The replay has begun.</exception>
    public void Subscribe(Action<EventRow> subscriber, IReadOnlyCollection<string>? only = null, ISnapshotPart? part = null)
    {
        if (replayed)
        {
            throw new InvalidOperationException("Subscribe before the replay.");
        }

        var feeds = sources.All.Where(s => only is null || only.Contains(s.Plan.Source)).ToList();
        snapshot.Add(part, feeds);
        foreach (var state in feeds)
        {
            state.Subscribers.Add(subscriber);
        }
    }

    /// <summary>Feeds the index of keys and the subscribers with what is stored. Once, at start. Cost: about a microsecond a row behind the snapshot.</summary>
    /// <param name="from">What an earlier process wrote with <see cref="WriteSnapshot"/>; null reads the whole log.</param>
    public ReplayReport Replay(SnapshotFile? from = null)
    {
        if (replayed)
        {
            throw new InvalidOperationException("The log was replayed already.");
        }

        var end = journal.Durable;
        var restored = from is null ? null : snapshot.Restore(from);
        new LogReplay(sources).Run(journal.Read(restored ?? default, end));
        applied = end.Seq;
        replayed = true;
        return new ReplayReport(sources.Rows, sources.All.Sum(s => s.Quarantine.Count(null)), sources.Ledger.Unread, Applied)
        {
            Restored = restored ?? default,
            Rebuilt = from is not null && restored is null ? [OtherLog] : snapshot.Rebuilt,
        };
    }

    /// <summary>
    /// Writes what the log and its subscribers hold to a file, for the next start. Rows may come meanwhile. One call at a time. Cost: a second for some
    /// hundred megabytes of state.
    /// </summary>
    /// <exception cref="IOException">The disk refuses; what was there before is still there.</exception>
    /// <exception cref="InvalidOperationException">The log is empty, or was not replayed.</exception>
    public SnapshotPosition WriteSnapshot(string path) =>
        replayed ? snapshot.Write(path, () => Applied) : throw new InvalidOperationException("Replay the log before writing a snapshot of it.");

    /// <summary>The stream of the journal that holds a source's accepted rows.</summary>
    public static string StreamOf(string source) => SourceState.EventStreamOf(source);

    /// <summary>The stream of the journal that holds the rows of a source that were taken back.</summary>
    public static string RetractionsOf(string source) => SourceState.RetractionStreamOf(source);

    /// <summary>An empty batch for a source's rows; null when there is no such source.</summary>
    public RowBatch? NewBatch(string source) => NewBatch(source, default, keepsValues: true);

    /// <summary>The same for rows that may bring their known-at in a column.</summary>
    internal RowBatch? NewBatch(string source, KnownAtPolicy knownAt, bool keepsValues = false) => sources.Find(source) is not { } state ? null : new RowBatch(state.Plan, hash, new RowBatchTerms(
        keepsValues || state.Subscribers.Count > 0,
        knownAt.Column is { } column ? new KnownAtColumn(state.Plan, column) : null,
        earlier.NewReader(source, knownAt.Column),
        Quality.ReferenceOf(source),
        state.ForeignKeys,
        state.Columns) { IsKnownAtEventTime = knownAt.IsEventTime });

    /// <summary>Appends a batch of this log, all or nothing, and answers when it is durable and applied.</summary>
    /// <param name="batch">From <see cref="NewBatch(string)"/>; not used by anybody else until this completes.</param>
    /// <param name="terms">Who sends it, and how.</param>
    /// <param name="ct">Observed until the batch is queued; a queued batch is stored whatever the caller does.</param>
    /// <returns>The report; or FLY4091 while a first request with the same idempotency key is on its way, FLY4092 when the key was used for another request.</returns>
    /// <exception cref="FlyballException">The log is broken (FLY2001) or the batch too large for it (FLY2004).</exception>
    public ValueTask<IngestOutcome> IngestAsync(RowBatch batch, IngestTerms terms, CancellationToken ct) =>
        IngestAsync(batch, terms, terms.Part is null ? batch.JudgeAt(batch.Received < StatisticalGate.FewestRows ? null : Now) : BatchVerdict.Clean, null, ct);

    /// <summary>
    /// As above, for a batch that was judged. One that the verdict holds is stored apart: nothing of it is seen by features, training or the lake,
    /// its keys are reserved, and it waits for a person (<see cref="HoldDesk"/>).
    /// </summary>
    /// <param name="batch">From <see cref="NewBatch(string)"/>; not used by anybody else until this completes.</param>
    /// <param name="terms">Who sends it, and how.</param>
    /// <param name="verdict">What the rules say of it.</param>
    /// <param name="name">Name of the held batch that several calls fill, such as a file's digest; null gives it one of its own. A batch that
    /// was decided about is not added to: what comes then is held under a new name, after a discard the same one with a number.</param>
    /// <param name="ct">Observed until the batch is queued; a queued batch is stored whatever the caller does.</param>
    public async ValueTask<IngestOutcome> IngestAsync(RowBatch batch, IngestTerms terms, BatchVerdict verdict, string? name, CancellationToken ct)
    {
        if (!replayed)
        {
            throw new InvalidOperationException("Replay the log before ingesting.");
        }

        var state = sources.Find(batch.Plan.Source) ?? throw new ArgumentException("The batch is of another log.", nameof(batch));
        if (!verdict.Holds)
        {
            return await ReserveAndAppendAsync(state, batch, terms, verdict, null, ct);
        }

        await state.Deciding.WaitAsync(ct);
        try
        {
            var next = name is null ? null : HoldLedger.NameAfter(name, state.Holds.DiscardsOf(name));
            var id = next is not null && state.Holds.Find(next) is null or { State: HoldState.Open } ? next : null;
            return await ReserveAndAppendAsync(state, batch, terms, verdict, id ?? NewBatchId(), ct);
        }
        finally
        {
            state.Deciding.Release();
        }
    }

    /// <summary>Quarantined rows of a source after a position, oldest first. Cost: reads the log between the first and the last of them.</summary>
    public IReadOnlyList<QuarantinedRow> ReadQuarantine(string source, Horizon after, int limit)
    {
        if (sources.Find(source) is not { } state)
        {
            return [];
        }

        return [.. ReadAt(state.Quarantine.After(after.Seq, limit)).Select(r => QuarantinedRow.Decode(r))];
    }

    /// <summary>Keeps findings about rows of a source that are stored, or about there being none, and counts them.</summary>
    public async Task RecordFindingsAsync(ContractPlan plan, BatchVerdict verdict, Caller caller, long rows, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(plan);
        await Quality.RecordAsync(plan, verdict, caller, rows, ct);
        metrics.Count(plan.Source, verdict);
    }

    /// <summary>The time at which what comes now is known.</summary>
    internal EventTime Now => EventTime.From(time.GetUtcNow());

    /// <summary>How many rows of a source were put into quarantine, those that were decided about included.</summary>
    public long QuarantineCount(string source) => sources.Find(source)?.Quarantine.Count(null) ?? 0;

    internal SourceState? StateOf(string source) => sources.Find(source);

    /// <summary>See <see cref="RecordsAt"/>.</summary>
    internal IEnumerable<JournalRecord> ReadAt(IReadOnlyList<long> positions) => RecordsAt.Read(journal, positions);

    /// <summary>Appends what a decision brings about, whole.</summary>
    internal ValueTask<AppendReceipt> AppendDecisionAsync(List<JournalEntry> entries) => journal.AppendAsync(new JournalBatch(entries), CancellationToken.None);

    /// <summary>Judges the rows of a batch against the keys of its source and reserves the fresh ones, waiting for batches on their way; null for a source without a key.</summary>
    internal static async ValueTask<KeyReservation?> ReserveAsync(SourceState state, RowBatch batch, CancellationToken ct, bool retract = false)
    {
        batch.Settle();
        if (!state.Columns.Judges)
        {
            return null;
        }

        var mine = new KeyReservation();
        while (state.Keys.TryReserve(batch.Keyed, mine, retract) is { } other)
        {
            await other.Settled.WaitAsync(ct);
        }

        return mine;
    }

    private static string NewBatchId() => "h" + RandomNumberGenerator.GetHexString(16, lowercase: true);

    private async ValueTask<IngestOutcome> ReserveAndAppendAsync(SourceState state, RowBatch batch, IngestTerms terms, BatchVerdict verdict, string? hold, CancellationToken ct)
    {
        var mine = await ReserveAsync(state, batch, ct);
        try
        {
            return await AppendAsync(state, batch, terms, verdict, hold, ct);
        }
        finally
        {
            if (mine is not null)
            {
                state.Keys.Release(batch.Keyed, mine);
            }
        }
    }

    private async ValueTask<IngestOutcome> AppendAsync(SourceState state, RowBatch batch, IngestTerms terms, BatchVerdict verdict, string? hold, CancellationToken ct)
    {
        var prepared = PreparedBatch.Of(state, batch, terms, verdict, hold);
        var (entries, report) = prepared;
        var key = prepared.KeyIn(state, terms);
        if (entries.Count == 0)
        {
            // All duplicates: each was judged against a durable row.
            metrics.Count(state.Plan.Source, report);
            return report with { Horizon = Applied };
        }

        var receipt = await journal.AppendAsync(new JournalBatch(entries, key, hold is null ? Sent(state, batch, terms, report, entries.Count) : null), ct);
        switch (receipt.Outcome)
        {
            case AppendOutcome.Appended:
                metrics.Count(state.Plan.Source, report);
                CountEarlier(state.Plan.Source, batch);
                metrics.Count(state.Plan.Source, report.Accepted + report.Held > 0 ? verdict : BatchVerdict.Clean);
                return report with { Horizon = receipt.Last };
            case AppendOutcome.Replayed when terms.Part is not null:
                // This part of the file is stored: every row of it was counted then, accepted or put aside.
                report = new IngestReport(batch.Received, 0, 0, batch.Received, [], receipt.Last, Replayed: true) { Batch = WaitingOf(state, terms.Part) };
                metrics.Count(state.Plan.Source, report);
                return report;
            case AppendOutcome.Replayed:
                return IngestReport.FromAnswer(receipt.Answer.Span, receipt.Last);
            case AppendOutcome.InFlight:
                return new Problem("FLY4091", "The first request with this idempotency key is not finished.", Remedy: "Ask again in a moment.");
            default:
                return new Problem("FLY4092", "This idempotency key was used for another request.", Remedy: "Use a new key for every request; repeat a key only with the same body.");
        }
    }

    /// <summary>A request too small to be judged as a batch belongs in the window of its source.</summary>
    private static SentBatch Sent(SourceState state, RowBatch batch, IngestTerms terms, IngestReport report, int entries) => new(
        state,
        batch,
        terms.KnownAt,
        report.Quarantined,
        IsPlain: terms.Key is null && entries == report.Accepted + report.Quarantined,
        IsWatched: terms.Part is null && terms.KnownAt == KnownAtPolicy.Assigned && batch.Received < StatisticalGate.FewestRows);

    private void CountEarlier(string source, RowBatch batch)
    {
        var count = batch.Accepted.Count(r => r is { IsEarlier: true, IsStored: true });
        if (count > 0)
        {
            earlier.Count(source, count);
            metrics.CountEarlier(source, count);
        }
    }

    /// <summary>The held batch in which the rows of a file wait; null when they do not.</summary>
    private static string? WaitingOf(SourceState state, FilePart part)
    {
        var name = HoldLedger.NameAfter(part.HoldName, state.Holds.DiscardsOf(part.HoldName));
        return state.Holds.Find(name) is { State: HoldState.Open or HoldState.Releasing } ? name : null;
    }

    /// <summary>On the journal's writer thread, before anybody is told.</summary>
    private void Apply(DurableBatch batch)
    {
        var sent = batch.Carried as SentBatch;
        if (sent is { IsPlain: true })
        {
            sent.Apply(batch);
        }
        else
        {
            foreach (var record in batch.Records())
            {
                sources.Apply(record);
            }
        }

        sent?.Watch(batch);
        Volatile.Write(ref applied, batch.Last.Seq);
    }
}
