using System.Buffers;
using System.Text.Json;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Storage.Journals;

namespace Flyball.Contracts;

/// <summary>
/// Rows of one source on their way through the gate: each is read, checked against the contract and either kept in its stored form or put
/// aside with its problems. <see cref="EventLog"/> appends a batch; then it can be cleared and filled again. Not thread-safe.
/// </summary>
public sealed class RowBatch : IDisposable
{
    private readonly RowReader reader;
    private readonly RowWriter writer;
    private readonly Value[] row;
    private readonly ArrayBufferWriter<byte> stored = new(4096);
    private readonly SipHash hash;
    private readonly bool keepsValues;

    internal RowBatch(ContractPlan plan, SipHash hash, bool keepsValues, KnownAtColumn? knownAt)
    {
        Plan = plan;
        KnownAt = knownAt;
        this.hash = hash;
        this.keepsValues = keepsValues;
        reader = new RowReader(plan, knownAt is { ContractIndex: < 0 } ? knownAt : null);
        writer = new RowWriter(plan);
        row = new Value[plan.Fields.Length];
    }

    public ContractPlan Plan { get; }

    /// <summary>Rows added since the batch was last cleared.</summary>
    public int Received { get; private set; }

    /// <summary>The column that says when each row was known, or null.</summary>
    internal KnownAtColumn? KnownAt { get; }

    /// <summary>Where the batch begins in what it is a part of: problems name a row by its place there.</summary>
    internal long FirstRow { get; set; }

    /// <summary>Bytes of the rows added, as they came.</summary>
    internal long Bytes { get; private set; }

    internal List<AcceptedRow> Accepted { get; } = [];

    internal List<RefusedRow> Refused { get; } = [];

    /// <summary>What the batch becomes in the journal; filled when it is sent, and kept here to be used again.</summary>
    internal List<JournalEntry> Entries { get; } = [];

    /// <summary>The row being read, for readers of files: they clear it, fill it and call <see cref="AddRow"/>.</summary>
    internal Span<Value> Row => row;

    /// <summary>What is wrong with the row being read.</summary>
    internal RowProblems Problems { get; } = new();

    /// <summary>Adds one row as JSON text: any bytes, what is not one object becomes a refused row.</summary>
    public void AddJson(ReadOnlySpan<byte> json)
    {
        reader.Read(json, row, Problems);
        AddRow(json, reader.BesideMicros);
    }

    /// <summary>Adds the object that <paramref name="json"/> begins, and leaves it at its end. Throws <see cref="JsonException"/> for broken JSON.</summary>
    internal void AddJson(ref Utf8JsonReader json, ReadOnlySpan<byte> body)
    {
        var start = (int)json.TokenStartIndex;
        reader.Read(ref json, row, Problems);
        AddRow(body[start..(int)json.BytesConsumed], reader.BesideMicros);
    }

    /// <summary>Adds a row that is no object at all, such as a number in an array of rows.</summary>
    internal void AddBroken(Problem problem, ReadOnlySpan<byte> original)
    {
        Problems.Clear();
        Problems.Add(problem);
        AddRow(original, null);
    }

    /// <summary>Adds the row that stands in <see cref="Row"/>, when there are no <see cref="Problems"/> with it, else puts it aside.</summary>
    /// <param name="original">As it came.</param>
    /// <param name="knownAtMicros">From a column beside the contract.</param>
    /// <param name="size">Its bytes, where these are not those of <paramref name="original"/>.</param>
    internal void AddRow(ReadOnlySpan<byte> original, long? knownAtMicros, long? size = null)
    {
        var stated = knownAtMicros;
        if (Problems.Count == 0 && KnownAt is { ContractIndex: >= 0 and var index })
        {
            stated = row[index].IsNull ? null : row[index].AsTimestamp.Micros;
            if (stated is null)
            {
                Problems.Add(KnownAt.Problems.Null);
            }
        }

        if (Problems.Count == 0)
        {
            Keep(stated);
        }
        else
        {
            Refused.Add(new RefusedRow(Position, Problems.ToList(), QuarantinedRow.Bound(original).ToArray()));
        }

        Received++;
        Bytes += size ?? original.Length;
    }

    public void Clear()
    {
        Received = 0;
        Bytes = 0;
        FirstRow = 0;
        Accepted.Clear();
        Refused.Clear();
        Entries.Clear();
        stored.ResetWrittenCount();
    }

    public void Dispose() => writer.Dispose();

    internal ReadOnlyMemory<byte> StoredForm(in AcceptedRow accepted) => stored.WrittenMemory.Slice(accepted.Offset, accepted.Length);

    private int Position => (int)Math.Min(FirstRow + Received, int.MaxValue);

    private void Keep(long? knownAtMicros)
    {
        var offset = stored.WrittenCount;
        writer.Write(row, stored);
        var length = stored.WrittenCount - offset;
        var hasKey = Plan.PrimaryKey.Count > 0;
        Accepted.Add(new AcceptedRow
        {
            Row = Position,
            Offset = offset,
            Length = length,
            EventTimeMicros = Plan.IsTimedByArrival ? null : row[Plan.EventTimeIndex].AsTimestamp.Micros,
            KnownAtMicros = knownAtMicros,
            Key = hasKey ? RowKey.Hash(Plan, row, hash) : 0,
            Content = hasKey ? (uint)hash.Of(stored.WrittenSpan[offset..]) : 0,
            Values = keepsValues ? (Value[])row.Clone() : null,
        });
    }
}
