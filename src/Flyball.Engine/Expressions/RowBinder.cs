using Flyball.Engine.Problems;

namespace Flyball.Engine.Expressions;

/// <summary>Compiles an expression over one row.</summary>
public static class RowBinder
{
    /// <summary>A plan, or all problems of names and types. Never throws.</summary>
    public static BindOutcome<RowPlan> Bind(ExpressionSyntax syntax, RowSchema schema)
    {
        ArgumentNullException.ThrowIfNull(syntax);
        ArgumentNullException.ThrowIfNull(schema);
        var problems = new List<Problem>();
        var scope = new RowScope(schema);
        var node = new ExpressionBinder(scope, problems).BindTyped(syntax);
        return problems.Count == 0
            ? new(new RowPlan(node, scope.Reads, syntax.Canonical))
            : new([.. problems.OrderBy(p => p.Where?.Column)]);
    }

    /// <summary>Parses and compiles in one step.</summary>
    public static BindOutcome<RowPlan> Bind(string text, RowSchema schema)
    {
        var parsed = ExpressionParser.Parse(text);
        var bound = parsed.Succeeded ? Bind(parsed.Syntax, schema) : new(parsed.Problems);
        return bound.Succeeded ? bound : new(ProblemCodes.InOrder(text, bound.Problems));
    }
}
