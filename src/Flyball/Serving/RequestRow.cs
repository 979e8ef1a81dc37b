using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;

namespace Flyball.Serving;

/// <summary>One request that passed its contract.</summary>
/// <param name="Values">In the order of the contract's schema.</param>
/// <param name="Canonical">The same as canonical JSON.</param>
public readonly record struct RequestRow(Value[] Values, ReadOnlyMemory<byte> Canonical)
{
    /// <summary>A row of values, with its canonical form.</summary>
    public static RequestRow Of(TrafficPlan plan, Value[] values)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new(values, RowCodec.Of(plan.Champion.Vector.Request).Write(values));
    }
}
