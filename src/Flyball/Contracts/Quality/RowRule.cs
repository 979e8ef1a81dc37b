using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Quality;

/// <summary>A business rule over one row. As SQL's CHECK: it is broken by false alone, null passes.</summary>
internal sealed class RowRule(RuleHead head, RowPlan plan)
{
    public RuleHead Head => head;

    /// <summary>The expression in normal form.</summary>
    public string Canonical => plan.Canonical;

    /// <summary>Made once, so that a broken row costs nothing but its place in the quarantine. It names no value.</summary>
    public Problem Problem { get; } = new(
        "FLY3120",
        $"The rule '{head.Name}' does not hold{(head.Description is null ? "" : $": {head.Description.TrimEnd('.')}")}.",
        head.Field is null ? null : new ProblemLocation(Field: head.Field),
        "Mend the row, or the rule in the contract when the row is right.");

    public bool Holds(ReadOnlySpan<Value> row)
    {
        var value = plan.Evaluate(row);
        return value.IsNull || value.AsBoolean;
    }
}
