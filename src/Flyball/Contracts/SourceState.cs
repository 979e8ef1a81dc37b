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
    private readonly Lock gate = new();
    private readonly List<long> quarantine = [];
    private readonly Value[] scratch = new Value[plan.Fields.Length];

    public ContractPlan Plan => plan;

    public static string EventStreamOf(string source) => "events/" + source;

    public string EventStream { get; } = EventStreamOf(plan.Source);

    public string QuarantineStream { get; } = "quarantine/" + plan.Source;

    /// <summary>Holds the answer of a request with an idempotency key that had nothing new to store.</summary>
    public string RequestStream { get; } = "requests/" + plan.Source;

    public KeyIndex Keys { get; } = new();

    /// <summary>Who sees this source's rows. Complete before the first row.</summary>
    public List<Action<EventRow>> Subscribers { get; } = [];

    public long QuarantineCount
    {
        get
        {
            lock (gate)
            {
                return quarantine.Count;
            }
        }
    }

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

        if (HasWholeKey(values))
        {
            Keys.AddDurable(RowKey.Hash(plan, values, hash), (uint)hash.Of(record.Payload.Span));
        }

        row = new EventRow(plan, new RowStamp(plan.EventTimeOf(values, new EventTime(record.KnownAt.Micros)), record.KnownAt, record.Seq), values);
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

    public void AddQuarantined(long seq)
    {
        lock (gate)
        {
            quarantine.Add(seq);
        }
    }

    /// <summary>Positions of the next quarantined rows after one.</summary>
    public List<long> QuarantinedAfter(long seq, int limit)
    {
        lock (gate)
        {
            var at = quarantine.BinarySearch(seq + 1);
            at = at < 0 ? ~at : at;
            return quarantine.GetRange(at, Math.Min(limit, quarantine.Count - at));
        }
    }
}
