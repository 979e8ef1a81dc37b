using System.Buffers;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Rows;

/// <summary>
/// Reads and writes rows of one contract with buffers that are used again. One per thread and contract: see <see cref="Of"/>.
/// </summary>
public sealed class RowCodec : IDisposable
{
    /// <summary>More than the models that answer rows of one source.</summary>
    private const int MostReaders = 32;

    [ThreadStatic]
    private static Dictionary<ContractPlan, RowCodec>? codecsOfThread;

    private readonly RowReader reader;
    private readonly RowReader stored;
    private readonly RowWriter writer;
    private readonly RowProblems problems = new();
    private readonly ContractPlan plan;
    private readonly Dictionary<(int Unknown, RequestPolicy Policy), RowReader> requests = [];
    private readonly ArrayBufferWriter<byte> buffer = new(256);

    private RowCodec(ContractPlan plan)
    {
        this.plan = plan;
        reader = new RowReader(plan);
        stored = RowReader.ForStored(plan);
        writer = new RowWriter(plan);
    }

    /// <summary>The calling thread's codec for a contract.</summary>
    public static RowCodec Of(ContractPlan plan)
    {
        var codecs = codecsOfThread ??= [];
        if (!codecs.TryGetValue(plan, out var codec))
        {
            codec = new RowCodec(plan);
            codecs.Add(plan, codec);
        }

        return codec;
    }

    /// <summary>Reads a row at the door: every rule of the contract holds, or the problems say which do not.</summary>
    public IReadOnlyList<Problem> Read(ReadOnlySpan<byte> json, Span<Value> row) =>
        reader.Read(json, row, problems) ? [] : problems.ToList();

    /// <summary>Reads a request: every rule of the contract holds, but a column that nobody can know yet may be absent, and its value is dropped.</summary>
    /// <param name="json">One object.</param>
    /// <param name="row">As long as the schema.</param>
    /// <param name="unknown">Position of that column; -1 for none.</param>
    public IReadOnlyList<Problem> ReadRequest(ReadOnlySpan<byte> json, Span<Value> row, int unknown) =>
        ReadRequest(json, row, unknown, RequestPolicy.Strict, out _);

    /// <summary>Reads a request under what its model declares: absent fields may take a value, and unknown ones may be passed over.</summary>
    /// <param name="json">One object.</param>
    /// <param name="row">As long as the schema.</param>
    /// <param name="unknown">Position of a column that nobody can know yet; -1 for none.</param>
    /// <param name="policy">What the model declares.</param>
    /// <param name="reading">What was filled in and passed over.</param>
    public IReadOnlyList<Problem> ReadRequest(ReadOnlySpan<byte> json, Span<Value> row, int unknown, RequestPolicy policy, out RequestReading reading)
    {
        var by = unknown < 0 && ReferenceEquals(policy, RequestPolicy.Strict) ? reader : RequestReader(unknown, policy);
        var good = by.Read(json, row, problems);
        reading = by.Reading;
        return good ? [] : problems.ToList();
    }

    /// <summary>Reads a request whose values came with their types, under what its model declares: as if they had been written as a JSON object.</summary>
    /// <param name="values">In any order; none of a column of nested values.</param>
    /// <param name="row">As long as the schema.</param>
    /// <param name="unknown">Position of a column that nobody can know yet; -1 for none.</param>
    /// <param name="policy">What the model declares.</param>
    /// <param name="reading">What was filled in and passed over.</param>
    public IReadOnlyList<Problem> ReadRequest(ReadOnlySpan<TypedValue> values, Span<Value> row, int unknown, RequestPolicy policy, out RequestReading reading)
    {
        var by = unknown < 0 && ReferenceEquals(policy, RequestPolicy.Strict) ? reader : RequestReader(unknown, policy);
        var good = by.Read(values, row, problems);
        reading = by.Reading;
        return good ? [] : problems.ToList();
    }

    /// <summary>Reads a row that was stored, perhaps under an earlier contract; false when this one cannot read it.</summary>
    public bool TryReadStored(ReadOnlySpan<byte> json, Span<Value> row) => stored.Read(json, row, problems);

    /// <summary>Reads a row that was stored by <see cref="Write"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes are not such a row.</exception>
    public void ReadStored(ReadOnlySpan<byte> json, Span<Value> row)
    {
        if (!stored.Read(json, row, problems))
        {
            throw new InvalidDataException($"A stored row cannot be read: {problems.ToList()[0].Message}");
        }
    }

    /// <summary>Never needed for the codecs of threads: they live as long as their thread.</summary>
    public void Dispose() => writer.Dispose();

    /// <summary>The row's canonical JSON: what the journal stores.</summary>
    public byte[] Write(ReadOnlySpan<Value> row)
    {
        buffer.ResetWrittenCount();
        writer.Write(row, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    private RowReader RequestReader(int unknown, RequestPolicy policy)
    {
        if (requests.TryGetValue((unknown, policy), out var known))
        {
            return known;
        }

        if (requests.Count == MostReaders)
        {
            // Policies of projects that were applied before.
            requests.Clear();
        }

        return requests[(unknown, policy)] = RowReader.ForRequest(plan, unknown < 0 ? [] : [unknown], policy);
    }
}
