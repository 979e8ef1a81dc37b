using Flyball.Engine.Problems;

namespace Flyball.Engine.Expressions;

/// <summary>Compiles an expression over a batch of rows: columns stand inside aggregates without a window, <c>mean(amount) &lt; 100</c>.</summary>
public static class BatchBinder
{
    /// <summary>A plan, or all problems of names and types. Never throws.</summary>
    public static BindOutcome<BatchPlan> Bind(string text, RowSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var parsed = ExpressionParser.Parse(text);
        if (!parsed.Succeeded)
        {
            return new(parsed.Problems);
        }

        var problems = new List<Problem>();
        var scope = new BatchScope(schema);
        var node = new ExpressionBinder(scope, problems).BindTyped(parsed.Syntax);
        return problems.Count == 0
            ? new(new BatchPlan(node, scope.Slots, parsed.Syntax.Canonical))
            : new([.. problems.OrderBy(p => p.Where?.Column)]);
    }

    /// <summary>Whether a row expression was refused because it looks at many rows, so that it is one over a batch.</summary>
    public static bool IsMeant(IReadOnlyList<Problem> problemsOfRow) =>
        problemsOfRow.Any(p => string.Equals(p.Code, ProblemCodes.MisplacedAggregate, StringComparison.Ordinal));
}
