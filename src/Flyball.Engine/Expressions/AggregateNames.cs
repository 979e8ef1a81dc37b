using System.Collections.Frozen;

namespace Flyball.Engine.Expressions;

/// <summary>The words that name aggregates. The language reserves them; what they compute is the window fold's.</summary>
internal static class AggregateNames
{
    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        StringComparer.Ordinal,
        "count", "sum", "mean", "var", "std", "trend", "min", "max", "first", "last", "latest", "distinct", "approx_distinct", "quantile", "rate",
        "time_since_last", "top_k", "last_k");

    public static IEnumerable<string> All => Names;

    public static bool Contains(string name) => Names.Contains(name);

    /// <summary>What an aggregate of nothing gives when no <c>empty</c> says otherwise.</summary>
    public static Value EmptyOf(string name) =>
        string.Equals(name, "count", StringComparison.Ordinal) ? Value.FromInteger(0) : Value.Null;
}
