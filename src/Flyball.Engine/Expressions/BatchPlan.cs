namespace Flyball.Engine.Expressions;

/// <summary>A compiled expression over a batch of rows. Immutable; what it has seen is in a <see cref="BatchState"/>.</summary>
public sealed class BatchPlan
{
    private readonly Node node;

    internal BatchPlan(Node node, IReadOnlyList<BatchSlot> slots, string canonical)
    {
        this.node = node;
        Slots = [.. slots];
        Type = node.Type!.Value;
        Canonical = canonical;
    }

    /// <summary>The type of every result that is not null.</summary>
    public ScalarType Type { get; }

    /// <summary>The normalised text.</summary>
    public string Canonical { get; }

    internal BatchSlot[] Slots { get; }

    /// <summary>A state that has seen no row.</summary>
    public BatchState NewState() => new(this);

    /// <summary>The value for the rows that a state of this plan has seen: count of nothing is 0, every other aggregate of nothing null.</summary>
    public Value Evaluate(BatchState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return node.Evaluate(state.Results());
    }
}
