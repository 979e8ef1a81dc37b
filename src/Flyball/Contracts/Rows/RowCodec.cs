using System.Buffers;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Rows;

/// <summary>
/// Reads and writes rows of one contract with buffers that are used again. One per thread and contract: see <see cref="Of"/>.
/// </summary>
public sealed class RowCodec : IDisposable
{
    [ThreadStatic]
    private static Dictionary<ContractPlan, RowCodec>? codecsOfThread;

    private readonly RowReader reader;
    private readonly RowReader stored;
    private readonly RowWriter writer;
    private readonly RowProblems problems = new();
    private readonly ContractPlan plan;
    private RowReader? request;
    private int unknownOfRequest = -1;
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
    public IReadOnlyList<Problem> ReadRequest(ReadOnlySpan<byte> json, Span<Value> row, int unknown)
    {
        if (unknown < 0)
        {
            return Read(json, row);
        }

        if (request is null || unknownOfRequest != unknown)
        {
            (request, unknownOfRequest) = (RowReader.ForRequest(plan, [unknown]), unknown);
        }

        return request.Read(json, row, problems) ? [] : problems.ToList();
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
}
