using Flyball.Contracts.Corrections;
using Flyball.Contracts.Holds;
using Flyball.Contracts.Quality;
using Flyball.Contracts.Quarantine;
using Flyball.Contracts.Windows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Storage.Journals;

namespace Flyball.Contracts;

/// <summary>What the log holds in memory about one source. The reading side is used by one thread: the replay, then the log's writer.</summary>
internal sealed class SourceState(ContractPlan plan, SipHash hash, KeyColumns columns, QualityLog quality)
{
    private StoredRowReader? live;

    public ContractPlan Plan => plan;

    public static string EventStreamOf(string source) => "events/" + source;

    public static string RetractionStreamOf(string source) => "retractions/" + source;

    public string EventStream { get; } = EventStreamOf(plan.Source);

    public string QuarantineStream { get; } = "quarantine/" + plan.Source;

    /// <summary>Holds the answer of a request with an idempotency key that had nothing new to store.</summary>
    public string RequestStream { get; } = "requests/" + plan.Source;

    /// <summary>Held rows in stored form; each run stands behind its header in <see cref="HoldStream"/>.</summary>
    public string HeldStream { get; } = "held/" + plan.Source;

    public string HoldStream { get; } = "holds/" + plan.Source;

    public string DecisionStream { get; } = "decisions/" + plan.Source;

    /// <summary>Rows that are taken back, in stored form, as they were sent.</summary>
    public string RetractionStream { get; } = RetractionStreamOf(plan.Source);

    public KeyIndex Keys { get; } = new(plan.TakesCorrections ? new KeyHistory() : null);

    /// <summary>What the keys are of.</summary>
    public KeyColumns Columns => columns;

    /// <summary>The rows of small requests, until they are judged together.</summary>
    public SourceWindow Window { get; } = new(plan, quality);

    /// <summary>When it had news.</summary>
    public SourceActivity Activity { get; } = new();

    /// <summary>Who sees this source's rows. Complete before the first row.</summary>
    public List<Action<EventRow>> Subscribers { get; } = [];

    public QuarantineLedger Quarantine { get; } = new();

    public HoldLedger Holds { get; } = new();

    /// <summary>One decision at a time, and no part is added to a batch that is being decided about.</summary>
    public SemaphoreSlim Deciding { get; } = new(1, 1);

    /// <summary>Set once, when the log knows all sources.</summary>
    public IReadOnlyList<ForeignKeyRule> ForeignKeys { get; set; } = [];

    /// <summary>Rows up to here were read from a snapshot, by everybody who needs them; a replay passes over them.</summary>
    public long Restored { get; set; }

    private StoredRowReader Live => live ??= NewReader();

    /// <summary>For a thread of its own.</summary>
    public StoredRowReader NewReader() => new(this, hash);

    /// <summary>Reads a row where it is applied.</summary>
    public StoredRow Read(in JournalRecord record) => Read(Live, record);

    /// <summary>Reads a row ahead of that.</summary>
    public StoredRow Read(StoredRowReader reader, in JournalRecord record) => reader.Read(record.Payload.Span, keeps: Subscribers.Count > 0, IsRetraction(record));

    private bool IsRetraction(in JournalRecord record) => string.Equals(record.Stream, RetractionStream, StringComparison.Ordinal);

    /// <summary>Takes a row that became durable: its key, and the subscribers. False when the present contract cannot read it.</summary>
    public bool TryApply(in JournalRecord record, in StoredRow stored)
    {
        var isRetraction = IsRetraction(record);
        if (!stored.IsRead || (isRetraction && !(plan.TakesCorrections && stored.Key is not null)))
        {
            // A retraction of a contract that took corrections then, and does not now, cannot say which row it takes back.
            return false;
        }

        Activity.Add(plan.EventTimeOf(stored.Values, new EventTime(record.KnownAt.Micros)).Micros, record.KnownAt.Micros, record.Seq);
        if (isRetraction)
        {
            Keys.AddRetraction(stored.Key!.Value, stored.Others);
        }
        else
        {
            if (stored.Key is { } key)
            {
                Keys.AddDurable(key, stored.Content, stored.Entity);
            }

            foreach (var other in stored.Others)
            {
                Keys.AddOther(other, KeyIndex.MarkOf(columns, stored.Key ?? UInt128.Zero, stored.Content));
            }
        }

        if (Subscribers.Count > 0)
        {
            var stamp = new RowStamp(plan.EventTimeOf(stored.Values, new EventTime(record.KnownAt.Micros)), record.KnownAt, record.Seq);
            var row = new EventRow(plan, stamp, stored.Values, stored.Identity);
            foreach (var subscriber in Subscribers)
            {
                subscriber(row);
            }
        }

        return true;
    }

    /// <summary>Takes a fresh row of a small request into the window.</summary>
    public void Watch(ReadOnlySpan<Value> row, ReadOnlySpan<byte> stored, long knownAtMicros) => Window.Add(row, (ulong)hash.Of(stored), knownAtMicros);

    /// <summary>Notes findings: silence that was told is not told again.</summary>
    public void NoteFindings(in JournalRecord record)
    {
        if (record.Payload.Span.IndexOf("\"rule\":\"silence\""u8) >= 0)
        {
            Activity.Tell(record.Seq);
        }
    }

    /// <summary>Why a row that passed its contract does not go in; it is neither stored nor a duplicate.</summary>
    public Problem RefusalOf(in AcceptedRow row) => row.Fate switch
    {
        RowFate.Taken => columns.TakenProblems[row.Taken],
        RowFate.Moved => PreparedBatch.Moved,
        _ => plan.TakesCorrections ? PreparedBatch.Waits : PreparedBatch.Correction,
    };

    /// <summary>Notes what later stages do not see: rows that were put aside or are held, and what was decided about them. True for a row that was put aside.</summary>
    public bool Note(in JournalRecord record)
    {
        if (string.Equals(record.Stream, QuarantineStream, StringComparison.Ordinal))
        {
            Quarantine.Add(record.Seq);
            return true;
        }

        if (string.Equals(record.Stream, HoldStream, StringComparison.Ordinal))
        {
            Holds.Add(HeldPart.Decode(record));
        }
        else if (string.Equals(record.Stream, HeldStream, StringComparison.Ordinal))
        {
            ApplyHeld(record);
        }
        else
        {
            ApplyDecision(record);
        }

        return false;
    }

    /// <summary>Reserves the key of a held row. A row that the present contract cannot read keeps none: its release will judge it.</summary>
    private void ApplyHeld(in JournalRecord record)
    {
        if (!columns.Judges || Live.Read(record.Payload.Span, keeps: false, isRetraction: false) is not { IsRead: true } held)
        {
            return;
        }

        if (held.Key is { } key)
        {
            Keys.AddHeld(key, held.Content);
            Holds.AddKey(key);
        }

        foreach (var other in held.Others)
        {
            Keys.AddHeld(other, KeyIndex.MarkOf(columns, held.Key ?? UInt128.Zero, held.Content));
            Holds.AddKey(other);
        }
    }

    /// <summary>Released rows stand before their decision in the log, so their keys are durable when the held ones are given back.</summary>
    private void ApplyDecision(in JournalRecord record)
    {
        var decision = DecisionRecord.Decode(record);
        foreach (var row in decision.Rows)
        {
            Quarantine.Decide(row.Seq, decision.Of(row));
        }

        if (decision.Batch is not null)
        {
            Keys.RemoveHeld(Holds.Decide(decision.Batch, decision.Part, decision.Seq, decision.IsRelease));
        }
    }
}
