using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Rows;

/// <summary>
/// Gives fields of requests in a file the values that the model's file declares for them, by the rules of requests in JSON. Not thread-safe: it keeps what the
/// present row took.
/// </summary>
/// <param name="plan">The contract.</param>
/// <param name="policy">What may be absent, and what stands for it. What does not fit the contract as it is now stands for nothing.</param>
internal sealed class StandIns(ContractPlan plan, RequestPolicy policy)
{
    private readonly Value?[] stands = [.. plan.Fields.Select(f => policy.Stands.TryGetValue(f.Name, out var value) && (value.IsNull || value.Kind == f.Type) ? value : (Value?)null)];
    private readonly List<string> filled = [];

    /// <summary>The fields of the present row that took their declared values.</summary>
    public IReadOnlyList<string> Filled => filled.Count == 0 ? [] : [.. filled];

    /// <summary>Null where a policy declares nothing.</summary>
    public static StandIns? Of(ContractPlan plan, RequestPolicy? policy) => policy is { Stands.Count: > 0 } ? new StandIns(plan, policy) : null;

    /// <summary>For the next row.</summary>
    public void Begin() => filled.Clear();

    /// <summary>Gives a column what stands for it; false when nothing does.</summary>
    public bool TryFill(int column, Span<Value> row)
    {
        if (stands[column] is not { } value)
        {
            return false;
        }

        row[column] = value;
        filled.Add(plan.Fields[column].Name);
        return true;
    }
}
