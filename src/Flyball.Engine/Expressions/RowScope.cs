namespace Flyball.Engine.Expressions;

/// <summary>Names are columns of one row; an aggregate has no meaning.</summary>
/// <param name="schema">The columns.</param>
/// <param name="inside">The aggregate that this expression belongs to, or null for an expression of its own.</param>
internal sealed class RowScope(RowSchema schema, string? inside = null) : NameScope
{
    private readonly List<string> reads = [];

    /// <summary>The columns read so far, each once, in the order of their first use.</summary>
    public IReadOnlyList<string> Reads => reads;

    public override Node Name(NameSyntax name, ExpressionBinder binder)
    {
        var index = schema.IndexOf(name.Name);
        if (index < 0)
        {
            return binder.Refuse(ProblemCodes.UnknownName, name.Start, $"There is no column '{name.Name}'", Suggestion.For(name.Name, schema.Fields.Select(f => f.Name), "columns"));
        }

        if (!reads.Contains(name.Name))
        {
            reads.Add(name.Name);
        }

        return new ColumnNode(index, schema.Fields[index]);
    }

    public override Node Aggregate(CallSyntax call, ExpressionBinder binder) =>
        inside is null
            ? binder.Refuse(ProblemCodes.MisplacedAggregate, call.Start, $"The aggregate {call.Name}() looks at many rows, and this expression sees one", "Define it in a feature view of the entity and read it here by name: view.feature.")
            : binder.Refuse(ProblemCodes.MisplacedAggregate, call.Start, $"The aggregate {call.Name}() stands inside {inside}()", $"Aggregates do not nest. To combine two, put the first in parentheses: ({inside}(…) over 7d where …) / {call.Name}(…) over 7d.");
}
