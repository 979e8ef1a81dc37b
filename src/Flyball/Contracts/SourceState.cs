using Flyball.Contracts.Quality;
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

    public ContractPlan Plan => plan;

    public static string EventStreamOf(string source) => "events/" + source;

    public string EventStream { get; } = EventStreamOf(plan.Source);

    public string QuarantineStream { get; } = "quarantine/" + plan.Source;

    /// <summary>Holds the answer of a request with an idempotency key that had nothing new to store.</summary>
    public string RequestStream { get; } = "requests/" + plan.Source;

    public KeyIndex Keys { get; } = new();

    /// <summary>Set once, when the log knows all sources.</summary>
    public IReadOnlyList<ForeignKeyRule> ForeignKeys { get; set; } = [];

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
        var values = new Value[plan.Fields.Length];
        if (!reader.Read(record.Payload.Span, values, problems) || (!plan.IsTimedByArrival && values[plan.EventTimeIndex].IsNull))
        {
            row = default;
            return false;
        }

        if (plan.PrimaryKey.Count > 0 && plan.PrimaryKey.All(i => !values[i].IsNull))
        {
            Keys.AddDurable(RowKey.Hash(plan, values, hash), (ulong)hash.Of(record.Payload.Span));
        }

        row = new EventRow(plan, new RowStamp(plan.EventTimeOf(values, new EventTime(record.KnownAt.Micros)), record.KnownAt, record.Seq), values);
        return true;
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
