using System.Buffers;
using System.Text.Json;
using CsvHelper;
using Flyball.Contracts.Privacy;
using Flyball.Contracts.Quarantine;
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
    private readonly OriginalKeeper originals;
    private KeptRowReader? kept;

    internal RowBatch(ContractPlan plan, SipHash hash)
    {
        Plan = plan;
        this.hash = hash;
        originals = new OriginalKeeper(plan);
        reader = new RowReader(plan);
        writer = new RowWriter(plan);
        row = new Value[plan.Fields.Length];
        isEmpty = new bool[plan.Fields.Length];
    }

    public ContractPlan Plan { get; }

    /// <summary>Rows added since the batch was last cleared.</summary>
    public int Received { get; private set; }

    internal List<AcceptedRow> Accepted { get; } = [];

    internal List<RefusedRow> Refused { get; } = [];

    /// <summary>Adds one row as JSON text: any bytes, what is not one object becomes a refused row.</summary>
    public void AddJson(ReadOnlySpan<byte> json)
    {
        var good = reader.Read(json, row, problems);
        Add(good, good ? null : originals.Json(json));
    }

    /// <summary>Adds the object that <paramref name="json"/> begins, and leaves it at its end. Throws <see cref="JsonException"/> for broken JSON.</summary>
    internal void AddJson(ref Utf8JsonReader json, ReadOnlySpan<byte> body)
    {
        var start = (int)json.TokenStartIndex;
        var good = reader.Read(ref json, row, problems);
        Add(good, good ? null : originals.Json(body[start..(int)json.BytesConsumed]));
    }

    /// <summary>Adds a row that is no object at all, such as a number in an array of rows.</summary>
    internal void AddBroken(Problem problem, ReadOnlySpan<byte> original)
    {
        problems.Clear();
        problems.Add(problem);
        Add(good: false, originals.Unread(original));
    }

    /// <summary>Adds a row that was kept aside, judged by the contract as it is now.</summary>
    internal void AddKept(QuarantinedRow original)
    {
        kept ??= new KeptRowReader(Plan);
        var good = kept.Read(original, row, problems);
        Add(good, good ? null : original.AsKept());
    }

    /// <summary>Adds an edited copy of a row that was kept aside: new values as they would arrive, and those replaced on arrival as they stand.</summary>
    internal void AddEdited(ReadOnlySpan<byte> json)
    {
        kept ??= new KeptRowReader(Plan);
        var good = kept.ReadEdited(json, row, problems);
        Add(good, good ? null : originals.Json(json));
    }

    /// <summary>Adds a row that was held in its stored form, judged by the contract as it is now.</summary>
    internal void AddHeld(ReadOnlySpan<byte> stored)
    {
        kept ??= new KeptRowReader(Plan);
        var good = kept.ReadStored(stored, row, problems);
        Add(good, good ? null : KeptOriginal.OfStored(stored));
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
                AddText(columns[i], text, out row[columns[i]]);
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

        var good = problems.Count == 0;
        Add(good, good ? null : originals.Delimited(columns, file));
    }

    public void Clear()
    {
        Received = 0;
        Accepted.Clear();
        Refused.Clear();
        originals.Clear();
        stored.ResetWrittenCount();
    }

    public void Dispose() => writer.Dispose();

    internal ReadOnlyMemory<byte> StoredForm(in AcceptedRow accepted) => stored.WrittenMemory.Slice(accepted.Offset, accepted.Length);

    private void AddText(int column, ReadOnlySpan<byte> text, out Value value)
    {
        var field = Plan.Fields[column];
        if (ValueReader.Read(field, text, out value) is { } problem)
        {
            value = default;
            problems.Add(problem);
        }
        else
        {
            RowReader.Check(field, value, problems);
            value = field.Privacy == PrivacyTreatment.Keep ? value : Plan.Protect(column, value);
        }
    }

    /// <param name="good">The row is in <see cref="row"/>; otherwise its problems are in <see cref="problems"/>.</param>
    /// <param name="original">What is kept of a row that is not good.</param>
    private void Add(bool good, KeptOriginal? original)
    {
        if (good)
        {
            Keep();
        }
        else
        {
            Refused.Add(new RefusedRow(Received, problems.ToList(), original!));
        }

        Received++;
    }

    private void Keep()
    {
        var offset = stored.WrittenCount;
        writer.Write(row, stored);
        var form = stored.WrittenSpan[offset..];
        Accepted.Add(new AcceptedRow
        {
            Row = Received,
            Offset = offset,
            Length = form.Length,
            EventTimeMicros = Plan.IsTimedByArrival ? null : row[Plan.EventTimeIndex].AsTimestamp.Micros,
            Key = Plan.PrimaryKey.Count == 0 ? 0 : RowKey.Hash(Plan, row, hash),
            Content = (ulong)hash.Of(form),
        });
    }
}
