using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Rows;

/// <summary>What a request may lack, and what it may have beside its contract, as a model's file declares it. Immutable.</summary>
/// <param name="IgnoresUnknown">Whether members that are no field of the contract are passed over and counted; otherwise they are refused.</param>
/// <param name="Stands">What stands for a field, by its name, when it is absent, or null where the contract refuses null; the value may be null itself.</param>
public sealed record RequestPolicy(bool IgnoresUnknown, IReadOnlyDictionary<string, Value> Stands)
{
    /// <summary>The contract alone.</summary>
    public static RequestPolicy Strict { get; } = new(false, new Dictionary<string, Value>(StringComparer.Ordinal));

    /// <summary>Whether something stands for a field.</summary>
    public bool Fills(string field) => Stands.ContainsKey(field);
}
