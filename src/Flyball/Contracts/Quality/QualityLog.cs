using System.Collections.Concurrent;
using Flyball.Access;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Storage.Journals;

namespace Flyball.Contracts.Quality;

/// <summary>
/// References of the sources and findings about their batches. Both are records of the event log, so they survive a restart, are as durable
/// as the rows they are about, and a reference is in force from its place in the log on. Safe from any thread.
/// </summary>
public sealed class QualityLog
{
    internal const string FindingsOf = "findings/";
    private const string ReferenceFor = "references/";

    private readonly Journal journal;
    private readonly ContractSet contracts;
    private readonly SipHash hash;
    private readonly ConcurrentDictionary<string, SourceReference> references = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, List<long>> findings = new(StringComparer.Ordinal);

    internal QualityLog(Journal journal, ContractSet contracts, SipHash hash)
    {
        this.journal = journal;
        this.contracts = contracts;
        this.hash = hash;
    }

    /// <summary>What batches of a source are compared with; null when nothing was frozen yet.</summary>
    public SourceReference? ReferenceOf(string source) => references.GetValueOrDefault(source);

    /// <summary>How many batches of a source broke rules.</summary>
    public long CountOf(string source) => PositionsOf(source, 0, int.MaxValue).Count;

    /// <summary>Findings of a source after a position, oldest first. Cost: reads the log between the first and the last of them.</summary>
    public IReadOnlyList<FindingRecord> ReadFindings(string source, Horizon after, int limit)
    {
        if (PositionsOf(source, after.Seq, limit) is not { Count: > 0 } positions)
        {
            return [];
        }

        var found = new List<FindingRecord>();
        foreach (var record in journal.Read(new Horizon(positions[0] - 1), new Horizon(positions[^1])))
        {
            if (string.Equals(record.Stream, FindingsOf + source, StringComparison.Ordinal))
            {
                found.Add(FindingRecord.Decode(record));
            }
        }

        return found;
    }

    /// <summary>Measures the rows that a source has up to a position, the first <see cref="SourceReference.MostRows"/> of them. Cost: reads the log once.</summary>
    /// <returns>The reference, not in force yet; or FLY3122 when the source has too few rows.</returns>
    public (SourceReference? Reference, Problem? Problem) Measure(ContractPlan plan, Horizon until, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var builder = new ReferenceBuilder(plan);
        Read(plan, until, builder, ct);
        if (builder.Build(until) is not { } reference)
        {
            return (null, new Problem(
                "FLY3122",
                $"The source has {builder.Rows} rows, and a reference takes {SourceReference.FewestRows}.",
                Remedy: "Import history, or wait until more events have come."));
        }

        return (reference, null);
    }

    /// <summary>Puts a reference in force, in place of an earlier one; durable when this completes.</summary>
    public async Task FreezeAsync(SourceReference reference, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(reference);
        await journal.AppendAsync(new JournalBatch([new JournalEntry(ReferenceFor + reference.Source, reference.ToJson())]), ct);
    }

    /// <summary>Keeps findings that a later stage made about a source's rows.</summary>
    public async Task RecordAsync(ContractPlan plan, BatchVerdict verdict, Caller caller, long rows, CancellationToken ct) =>
        await journal.AppendAsync(new JournalBatch([EntryOf(plan, verdict, caller, rows)]), ct);

    internal static JournalEntry EntryOf(ContractPlan plan, BatchVerdict verdict, Caller caller, long rows) =>
        new(FindingsOf + plan.Source, FindingRecord.Encode(caller.Name, plan.Version, rows, verdict.Findings));

    /// <summary>An empty observation for something that is sent in several batches.</summary>
    internal BatchObservation NewObservation(ContractPlan plan) => new(plan, hash, ReferenceOf(plan.Source));

    /// <summary>After the last batch of a file: keeps what is to be said of it, and freezes the first reference of its source.</summary>
    internal async Task<BatchVerdict> SettleAsync(ContractPlan plan, BatchObservation observation, Caller caller, Horizon until, EventTime? now, CancellationToken ct)
    {
        var verdict = plan.Quality.Judge(observation, now);
        var (rows, refused) = (observation.Rows, observation.Refused);
        observation.Release();
        if (verdict.Findings.Count > 0)
        {
            await journal.AppendAsync(new JournalBatch([EntryOf(plan, verdict, caller, rows + refused)]), ct);
        }

        if (observation.Reference is null && rows >= SourceReference.FewestRows)
        {
            if (Measure(plan, until, ct).Reference is { } first)
            {
                await FreezeAsync(first, ct);
            }
        }

        return verdict;
    }

    /// <summary>Takes a record of the log, in its order; false when it is none of these.</summary>
    internal bool Apply(in JournalRecord record)
    {
        if (record.Stream.StartsWith(FindingsOf, StringComparison.Ordinal))
        {
            var positions = findings.GetOrAdd(record.Stream[FindingsOf.Length..], _ => []);
            lock (positions)
            {
                positions.Add(record.Seq);
            }

            return true;
        }

        if (record.Stream.StartsWith(ReferenceFor, StringComparison.Ordinal) && contracts.Find(record.Stream[ReferenceFor.Length..]) is { } plan)
        {
            references[plan.Source] = SourceReference.FromJson(record.Payload.Span);
            return true;
        }

        return false;
    }

    private void Read(ContractPlan plan, Horizon until, ReferenceBuilder builder, CancellationToken ct)
    {
        var reader = RowReader.ForStored(plan);
        var problems = new RowProblems();
        var row = new Value[plan.Fields.Length];
        var stream = EventLog.StreamOf(plan.Source);
        foreach (var record in journal.Read(default, until))
        {
            if (string.Equals(record.Stream, stream, StringComparison.Ordinal) && reader.Read(record.Payload.Span, row, problems))
            {
                ct.ThrowIfCancellationRequested();
                if (builder.Rows == SourceReference.MostRows)
                {
                    return;
                }

                builder.Add(row, plan.EventTimeOf(row, new EventTime(record.KnownAt.Micros)).Micros, (ulong)hash.Of(record.Payload.Span), record.KnownAt.Micros);
            }
        }
    }

    private List<long> PositionsOf(string source, long after, int limit)
    {
        if (!findings.TryGetValue(source, out var positions))
        {
            return [];
        }

        lock (positions)
        {
            var at = positions.BinarySearch(after);
            at = at < 0 ? ~at : at + 1;
            return positions.GetRange(at, Math.Min(limit, positions.Count - at));
        }
    }
}
