using Flyball.Engine.Expressions;

namespace Flyball.Engine.Windows;

/// <summary>
/// What an entity view computes, collected while its features are bound: names have no meaning outside an aggregate, and each distinct
/// aggregate becomes one column of the row that the rest of the expression reads.
/// </summary>
internal sealed class ViewScope(RowSchema source) : NameScope
{
    private readonly Dictionary<string, (int Place, ScalarType Type)> places = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, string, InputStorage), int> inputPlaces = [];
    private readonly Dictionary<(long Window, long Delay), List<AggregateSlot>> windows = [];
    private readonly List<InputPlan> inputs = [];
    private readonly List<string> reads = [];

    public int AggregateCount => places.Count;

    public InputPlan[] Inputs => [.. inputs];

    /// <summary>The columns of the source that are read, each once, in the order of their first use.</summary>
    public IReadOnlyList<string> Reads => reads;

    /// <summary>How far the feature being bound looks back. The caller resets it between features.</summary>
    public long LongestOfFeature { get; set; }

    public WindowPlan[] Windows => [.. windows.Select(w => new WindowPlan(w.Key.Window, w.Key.Delay, [.. w.Value]))];

    public override Node Name(NameSyntax name, ExpressionBinder binder) =>
        binder.Refuse(
            ProblemCodes.OutsideAggregate,
            name.Start,
            $"The column '{name.Name}' stands outside an aggregate, and a feature of an entity is made from many rows",
            source.IndexOf(name.Name) < 0
                ? Suggestion.For(name.Name, source.Fields.Select(f => f.Name), "columns")
                : $"Say which of them: mean({name.Name}) over 7d. A feature of the request itself belongs in a view with 'inputs'.");

    public override Node Aggregate(CallSyntax call, ExpressionBinder binder)
    {
        if (!AggregateCatalog.ByName.TryGetValue(call.Name, out var aggregate))
        {
            return Node.Invalid;
        }

        if (BindFold(call, aggregate, binder) is not { } bound)
        {
            return Node.Invalid;
        }

        var window = call.Window!;
        LongestOfFeature = Math.Max(LongestOfFeature, window.WindowMicros + window.DelayMicros);
        var canonical = call.Canonical;
        if (!places.TryGetValue(canonical, out var known))
        {
            known = (places.Count, bound.Fold.Type);
            places.Add(canonical, known);
            if (!windows.TryGetValue((window.WindowMicros, window.DelayMicros), out var slots))
            {
                windows.Add((window.WindowMicros, window.DelayMicros), slots = []);
            }

            slots.Add(new(bound.Fold, PlaceOfInput(call, bound), bound.Empty, known.Place));
        }

        return new ColumnNode(known.Place, new Field(canonical, known.Type));
    }

    private BoundAggregate? BindFold(CallSyntax call, Aggregate aggregate, ExpressionBinder binder)
    {
        var scope = new RowScope(source, call.Name);
        var inner = binder.Within(scope);
        var argument = call.Arguments.Count == 1 ? inner.BindTyped(call.Arguments[0]) : null;
        var condition = call.Window?.Where is { } where ? inner.BindCondition(where, "'where'") : null;
        foreach (var read in scope.Reads.Except(reads).ToList())
        {
            reads.Add(read);
        }

        if (call.Window is null)
        {
            binder.Refuse(ProblemCodes.NoWindow, call.Start, $"The aggregate {call.Name}() has no window", $"Say how far back it looks: {call.Name}({(aggregate.CountsRows ? "" : "x")}) over 7d.");
            return null;
        }

        if (call.Arguments.Count > 1 || (call.Arguments.Count == 0 && !aggregate.CountsRows))
        {
            binder.Refuse(ProblemCodes.ArgumentCount, call.Start, $"{call.Name}() takes {(aggregate.CountsRows ? "at most " : "")}one argument", $"It accepts {aggregate.Accepts}.");
            return null;
        }

        if ((argument is not null && ExpressionBinder.IsBroken(argument)) || (condition is not null && ExpressionBinder.IsBroken(condition)))
        {
            return null;
        }

        if ((argument is null ? aggregate.OfRows(condition is not null) : aggregate.Of(argument.Type!.Value)) is not { } fold)
        {
            var remedy = argument!.Type == ScalarType.Boolean ? $"Count with a condition, count() over 7d where …, or write {call.Name}(if(condition, 1, 0))." : null;
            binder.Refuse(ProblemCodes.TypeMismatch, call.Arguments[0].Start, $"{call.Name}() needs {aggregate.Accepts} and got {ExpressionBinder.Article(argument)}", remedy);
            return null;
        }

        return Empty(call, fold, binder) is { } empty ? new(fold, argument, condition, empty) : null;
    }

    private static Value? Empty(CallSyntax call, AggregateFold fold, ExpressionBinder binder)
    {
        if (call.Window?.Empty is not { } literal)
        {
            return AggregateNames.EmptyOf(call.Name);
        }

        var constant = new ConstantNode(literal.Value);
        if (ExpressionBinder.As(constant, fold.Type) is { } fitting)
        {
            return fitting.Evaluate([]);
        }

        binder.Refuse(ProblemCodes.TypeMismatch, literal.Start, $"{call.Name}() gives {ExpressionBinder.Article(fold.Type)} and 'empty' says {ExpressionBinder.Article(constant)}", "Give it a value of the same type.");
        return null;
    }

    private int PlaceOfInput(CallSyntax call, BoundAggregate bound)
    {
        if (bound.Fold.Storage is not { } storage)
        {
            return -1;
        }

        var key = (call.Arguments.Count == 0 ? "" : call.Arguments[0].Canonical, call.Window?.Where?.Canonical ?? "", storage);
        if (!inputPlaces.TryGetValue(key, out var place))
        {
            place = inputs.Count;
            inputPlaces.Add(key, place);
            inputs.Add(new(bound.Argument, bound.Condition, storage));
        }

        return place;
    }

    private sealed record BoundAggregate(AggregateFold Fold, Node? Argument, Node? Condition, Value Empty);
}
