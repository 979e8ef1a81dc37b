using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Quality;

/// <summary>A business rule over a batch: an expression with aggregates. Null passes, as for a row.</summary>
internal sealed class ExpressionRule(RuleHead head, BatchPlan plan)
{
    public RuleHead Head => head;

    public BatchPlan Plan => plan;

    public Finding? Judge(BatchState state)
    {
        var value = plan.Evaluate(state);
        return value.IsNull || value.AsBoolean
            ? null
            : new Finding(head.Name, head.Field, head.Outcome, head.Severity, $"The batch breaks the rule '{head.Name}'{(head.Description is null ? "" : $": {head.Description.TrimEnd('.')}")}.");
    }
}
