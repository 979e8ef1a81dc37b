namespace Flyball.Engine.Expressions;

/// <summary>A compiled expression over one row. Immutable and safe to share between threads.</summary>
public sealed class RowPlan
{
    private readonly Node node;

    internal RowPlan(Node node, IReadOnlyList<string> reads, string canonical)
    {
        this.node = node;
        Type = node.Type!.Value;
        Reads = reads;
        Canonical = canonical;
    }

    /// <summary>The type of every result that is not null.</summary>
    public ScalarType Type { get; }

    /// <summary>The columns it reads, each once, in the order of their first use.</summary>
    public IReadOnlyList<string> Reads { get; }

    /// <summary>The normalised text, which the digest of a definition hashes.</summary>
    public string Canonical { get; }

    /// <summary>
    /// The value for one row in the order of the schema that this was bound to. Total: a division by zero, an overflow or a logarithm
    /// of nothing is null. Allocates nothing. Cost: one call per operation of the expression.
    /// </summary>
    /// <exception cref="InvalidOperationException">The row breaks its schema, which is a bug of the caller.</exception>
    public Value Evaluate(ReadOnlySpan<Value> row) => node.Evaluate(row);
}
