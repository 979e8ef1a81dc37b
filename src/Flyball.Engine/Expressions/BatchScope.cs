namespace Flyball.Engine.Expressions;

internal enum BatchAggregate
{
    Count,
    Sum,
    Mean,
    Least,
    Greatest,
}

/// <summary>One aggregate of a batch expression.</summary>
/// <param name="Aggregate">Which.</param>
/// <param name="Argument">Its value for a row; null counts rows.</param>
/// <param name="Type">Of the result.</param>
internal sealed record BatchSlot(BatchAggregate Aggregate, Node? Argument, ScalarType Type);

/// <summary>Names have no meaning outside an aggregate; each distinct aggregate becomes one column of the row that the rest reads.</summary>
internal sealed class BatchScope(RowSchema source) : NameScope
{
    private readonly Dictionary<string, int> places = new(StringComparer.Ordinal);
    private readonly List<BatchSlot> slots = [];

    public IReadOnlyList<BatchSlot> Slots => slots;

    public override Node Name(NameSyntax name, ExpressionBinder binder) =>
        binder.Refuse(
            ProblemCodes.OutsideAggregate,
            name.Start,
            $"The column '{name.Name}' stands outside an aggregate, and the expression looks at a whole batch",
            source.IndexOf(name.Name) < 0 ? Suggestion.For(name.Name, source.Fields.Select(f => f.Name), "columns") : $"Say which of them: mean({name.Name}).");

    public override Node Aggregate(CallSyntax call, ExpressionBinder binder)
    {
        if (call.Window is { } window)
        {
            return binder.Refuse(ProblemCodes.MisplacedAggregate, window.Start, $"{call.Name}() has a window, and this expression looks at one batch", "Leave 'over' out.");
        }

        if (KindOf(call.Name) is not { } aggregate)
        {
            return binder.Refuse(ProblemCodes.UnknownFunction, call.Start, $"{call.Name}() is not computed over a batch", "A batch has count, sum, mean, min and max.");
        }

        if (call.Arguments.Count > 1 || (call.Arguments.Count == 0 && aggregate != BatchAggregate.Count))
        {
            return binder.Refuse(ProblemCodes.ArgumentCount, call.Start, $"{call.Name}() takes one argument");
        }

        var canonical = call.Canonical;
        if (places.TryGetValue(canonical, out var known))
        {
            return new ColumnNode(known, new Field(canonical, slots[known].Type));
        }

        var argument = call.Arguments.Count == 0 ? null : binder.Within(new RowScope(source, call.Name)).BindTyped(call.Arguments[0]);
        if (argument is not null && ExpressionBinder.IsBroken(argument))
        {
            return Node.Invalid;
        }

        if (TypeOf(aggregate, argument?.Type) is not { } type)
        {
            return binder.Refuse(ProblemCodes.TypeMismatch, call.Arguments[0].Start, $"{call.Name}() needs a number and got {ExpressionBinder.Article(argument!)}");
        }

        places.Add(canonical, slots.Count);
        slots.Add(new BatchSlot(aggregate, argument, type));
        return new ColumnNode(slots.Count - 1, new Field(canonical, type));
    }

    private static BatchAggregate? KindOf(string name) => name switch
    {
        "count" => BatchAggregate.Count,
        "sum" => BatchAggregate.Sum,
        "mean" => BatchAggregate.Mean,
        "min" => BatchAggregate.Least,
        "max" => BatchAggregate.Greatest,
        _ => null,
    };

    private static ScalarType? TypeOf(BatchAggregate aggregate, ScalarType? argument) => aggregate switch
    {
        BatchAggregate.Count => ScalarType.Integer,
        BatchAggregate.Mean when argument is ScalarType.Integer or ScalarType.Number => ScalarType.Number,
        BatchAggregate.Sum when argument is ScalarType.Integer or ScalarType.Number => argument,
        BatchAggregate.Least or BatchAggregate.Greatest when argument is ScalarType.Integer or ScalarType.Number or ScalarType.Timestamp => argument,
        _ => null,
    };
}
