using System.Buffers;
using System.Text.Json;
using CsvHelper;
using Flyball.Contracts.Quality;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts;

/// <summary>
/// Rows of one source on their way through the gate: each is read, checked against the contract and either kept in its stored form or put
/// aside with its problems. <see cref="EventLog"/> appends a batch; then it can be cleared and filled again. Not thread-safe.
/// </summary>
public sealed class RowBatch : IDisposable
{
    private readonly RowReader reader;
    private readonly RowWriter writer;
    private readonly RowProblems problems = new();
    private readonly Value[] row;
    private readonly bool[] isEmpty;
    private readonly ArrayBufferWriter<byte> stored = new(4096);
    private readonly SipHash hash;
    private readonly BatchObservation? own;
    private readonly ForeignKeyRule[] foreignKeys;

    internal RowBatch(ContractPlan plan, SipHash hash, SourceReference? reference = null, IReadOnlyList<ForeignKeyRule>? foreignKeys = null)
    {
        this.foreignKeys = [.. foreignKeys ?? []];
        own = plan.Quality.Observes || reference is not null || this.foreignKeys.Length > 0 ? new BatchObservation(plan, hash, reference) : null;
        Observation = own;
        Plan = plan;
        this.hash = hash;
        reader = new RowReader(plan);
        writer = new RowWriter(plan);
        row = new Value[plan.Fields.Length];
        isEmpty = new bool[plan.Fields.Length];
    }

    public ContractPlan Plan { get; }

    /// <summary>Rows added since the batch was last cleared.</summary>
    public int Received { get; private set; }

    /// <summary>What the rows showed so far; null when nothing asks for it.</summary>
    internal BatchObservation? Observation { get; private set; }

    internal List<AcceptedRow> Accepted { get; } = [];

    internal List<RefusedRow> Refused { get; } = [];

    /// <summary>Adds one row as JSON text: any bytes, what is not one object becomes a refused row.</summary>
    public void AddJson(ReadOnlySpan<byte> json) => Add(reader.Read(json, row, problems), json);

    /// <summary>Adds the object that <paramref name="json"/> begins, and leaves it at its end. Throws <see cref="JsonException"/> for broken JSON.</summary>
    internal void AddJson(ref Utf8JsonReader json, ReadOnlySpan<byte> body)
    {
        var start = (int)json.TokenStartIndex;
        var good = reader.Read(ref json, row, problems);
        Add(good, body[start..(int)json.BytesConsumed]);
    }

    /// <summary>Adds a row that is no object at all, such as a number in an array of rows.</summary>
    internal void AddBroken(Problem problem, ReadOnlySpan<byte> original)
    {
        problems.Clear();
        problems.Add(problem);
        Add(good: false, original);
    }

    /// <summary>Adds the present row of a delimited file; an empty text is null.</summary>
    /// <param name="columns">For each field of the row, the position of its column in the contract.</param>
    /// <param name="file">Stands on a row of as many fields.</param>
    internal void AddDelimited(ReadOnlySpan<int> columns, CsvReader file)
    {
        problems.Clear();
        row.AsSpan().Clear();
        Array.Clear(isEmpty);
        for (var i = 0; i < columns.Length; i++)
        {
            var text = file.GetSpan(i);
            isEmpty[columns[i]] = text.IsEmpty;
            if (!text.IsEmpty)
            {
                AddText(Plan.Fields[columns[i]], text, out row[columns[i]]);
            }
        }

        for (var i = 0; i < Plan.Fields.Length; i++)
        {
            // The header has every required column, and a value that was there and wrong was reported already.
            if (isEmpty[i] && Plan.Fields[i].Required)
            {
                problems.Add(Plan.Fields[i].Problems.Missing);
            }
        }

        Add(problems.Count == 0, file.RawRecord);
    }

    /// <summary>What the rules and statistics of many rows say of the rows added since the batch was last cleared.</summary>
    public BatchVerdict Judge() => own is null ? BatchVerdict.Clean : Plan.Quality.Judge(own);

    public void Clear()
    {
        Received = 0;
        own?.Clear();
        Accepted.Clear();
        Refused.Clear();
        stored.ResetWrittenCount();
    }

    public void Dispose() => writer.Dispose();

    /// <summary>From now on rows are observed as a part of something larger, that is judged as a whole.</summary>
    internal void ObserveInto(BatchObservation? whole) => Observation = whole;

    internal ReadOnlyMemory<byte> StoredForm(in AcceptedRow accepted) => stored.WrittenMemory.Slice(accepted.Offset, accepted.Length);

    private void AddText(FieldPlan field, ReadOnlySpan<byte> text, out Value value)
    {
        if (ValueReader.Read(field, text, out value) is { } problem)
        {
            value = default;
            problems.Add(problem);
        }
        else
        {
            RowReader.Check(field, value, problems);
        }
    }

    private void Add(bool good, ReadOnlySpan<byte> original)
    {
        if (good && Plan.Quality.Admits(row, problems, Observation) && HasParents())
        {
            Keep();
        }
        else
        {
            Observation?.Refuse();
            Refused.Add(new RefusedRow(Received, problems.ToList(), QuarantinedRow.Bound(original).ToArray()));
        }

        Received++;
    }

    /// <summary>Looks up what the row refers to; false when the contract puts aside a row that refers to nothing.</summary>
    private bool HasParents()
    {
        var admitted = true;
        foreach (var rule in foreignKeys)
        {
            if (rule.Holds(row, hash))
            {
                continue;
            }

            if (Plan.Definition.ForeignKeys == RuleOutcome.Quarantine)
            {
                if (admitted)
                {
                    problems.Clear();
                }

                problems.Add(rule.Problem);
                admitted = false;
            }
            else
            {
                Observation?.AddOrphan(rule.Name);
            }
        }

        return admitted;
    }

    private void Keep()
    {
        var offset = stored.WrittenCount;
        writer.Write(row, stored);
        var form = stored.WrittenSpan[offset..];
        var content = (ulong)hash.Of(form);
        Observation?.Add(row, content);
        Accepted.Add(new AcceptedRow
        {
            Row = Received,
            Offset = offset,
            Length = form.Length,
            EventTimeMicros = Plan.IsTimedByArrival ? null : row[Plan.EventTimeIndex].AsTimestamp.Micros,
            Key = Plan.PrimaryKey.Count == 0 ? 0 : RowKey.Hash(Plan, row, hash),
            Content = content,
        });
    }
}
