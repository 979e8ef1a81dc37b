using Flyball.Contracts.Corrections;
using Flyball.Contracts.Holds;
using Flyball.Contracts.Quality;
using Flyball.Contracts.Quarantine;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Storage.Journals;

namespace Flyball.Contracts;

/// <summary>What the log holds in memory about one source. The reading side is used by one thread: the replay, then the log's writer.</summary>
internal sealed class SourceState(ContractPlan plan, SipHash hash)
{
    private readonly RowReader reader = RowReader.ForStored(plan);
    private readonly RowProblems problems = new();
    private readonly Value[] scratch = new Value[plan.Fields.Length];

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

    /// <summary>Reads a stored row and adds its key to the index; false when the present contract cannot read it.</summary>
    public bool TryApply(in JournalRecord record, out EventRow row)
    {
        row = default;
        // A row that nobody keeps needs no array of its own.
        var values = Subscribers.Count > 0 ? new Value[plan.Fields.Length] : scratch;
        if (!reader.Read(record.Payload.Span, values, problems) || (!plan.IsTimedByArrival && values[plan.EventTimeIndex].IsNull))
        {
            return false;
        }

        var isRetraction = string.Equals(record.Stream, RetractionStream, StringComparison.Ordinal);
        if (isRetraction && !(plan.TakesCorrections && HasWholeKey(values)))
        {
            // Of a contract that took corrections then, and does not now: it cannot say which row it takes back.
            return false;
        }

        if (isRetraction)
        {
            Keys.AddRetraction(RowKey.Hash(plan, values, hash));
        }
        else if (HasWholeKey(values))
        {
            Keys.AddDurable(RowKey.Hash(plan, values, hash), (uint)hash.Of(record.Payload.Span), plan.TakesCorrections ? RowKey.EntityHash(plan, values, hash) : 0);
        }

        var stamp = new RowStamp(plan.EventTimeOf(values, new EventTime(record.KnownAt.Micros)), record.KnownAt, record.Seq);
        row = new EventRow(plan, stamp, values, plan.IdentityOf(values, isRetraction));
        return true;
    }

    /// <summary>False in a source without a key, and for a row of an older contract that had another.</summary>
    private bool HasWholeKey(Value[] values)
    {
        for (var i = 0; i < plan.PrimaryKey.Count; i++)
        {
            if (values[plan.PrimaryKey[i]].IsNull)
            {
                return false;
            }
        }

        return plan.PrimaryKey.Count > 0;
    }

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
        var values = new Value[plan.Fields.Length];
        if (plan.PrimaryKey.Count > 0 && reader.Read(record.Payload.Span, values, problems) && HasWholeKey(values))
        {
            var key = RowKey.Hash(plan, values, hash);
            Keys.AddHeld(key, (uint)hash.Of(record.Payload.Span));
            Holds.AddKey(key);
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
