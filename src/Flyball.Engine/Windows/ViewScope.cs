using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;

namespace Flyball.Engine.Windows;

/// <summary>
/// What an entity view computes, collected while its features are bound: names have no meaning outside an aggregate, and each distinct
/// aggregate becomes one column of the row that the rest of the expression reads.
/// </summary>
internal sealed class ViewScope(RowSchema source) : NameScope
{
    private readonly Dictionary<string, (int Place, ScalarType Type)> places = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, string, InputStorage), int> inputPlaces = [];
    private readonly Dictionary<WindowShape, List<AggregateSlot>> windows = [];
    private readonly List<InputPlan> inputs = [];
    private readonly List<string> reads = [];

    public int AggregateCount => places.Count;

    public InputPlan[] Inputs => [.. inputs];

    /// <summary>The columns of the source that are read, each once, in the order of their first use.</summary>
    public IReadOnlyList<string> Reads => reads;

    /// <summary>Of the inputs in order: their texts, conditions, storage and the columns' types.</summary>
    public Digest StateDigest => Digest.Of(string.Join(
        '\n',
        inputPlaces.OrderBy(i => i.Value).Select(i => $"{i.Key.Item1}\t{i.Key.Item2}\t{i.Key.Item3}")
            .Concat(reads.Order(StringComparer.Ordinal).Select(name => $"{name} {source.Fields[source.IndexOf(name)].Type}"))));

    /// <summary>What the feature being bound reads. The caller renews it between features.</summary>
    public FeatureWindows Feature { get; set; } = new();

    public WindowPlan[] Windows => [.. windows.Select(w => new WindowPlan(w.Key, w.Value))];

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
        var aggregate = AggregateCatalog.ByName[call.Name];
        if (AggregateBinder.Bind(call, aggregate, this, binder) is not { } bound)
        {
            return Node.Invalid;
        }

        var shape = new WindowShape(call.Window!.WindowMicros, call.Window.DelayMicros, aggregate.IsClosed);
        var canonical = call.Canonical;
        if (!places.TryGetValue(canonical, out var known))
        {
            known = (places.Count, bound.Fold.Type);
            places.Add(canonical, known);
            if (!windows.TryGetValue(shape, out var slots))
            {
                windows.Add(shape, slots = []);
            }

            slots.Add(new(bound.Fold, PlaceOfInput(call, bound), bound.Empty, known.Place));
        }

        Feature.Add(shape, known.Place);
        return new ColumnNode(known.Place, new Field(canonical, known.Type));
    }

    /// <summary>A scope for the argument and the condition of an aggregate; afterwards <see cref="Note"/> what it read.</summary>
    public RowScope Inside(string aggregate) => new(source, aggregate);

    public void Note(IEnumerable<string> columns)
    {
        foreach (var read in columns.Except(reads, StringComparer.Ordinal).ToList())
        {
            reads.Add(read);
        }
    }

    private int PlaceOfInput(CallSyntax call, BoundAggregate bound)
    {
        if (bound.Fold.Storage is not { } storage)
        {
            return -1;
        }

        var key = (bound.Argument is null ? "" : call.Arguments[0].Canonical, call.Window?.Where?.Canonical ?? "", storage);
        if (!inputPlaces.TryGetValue(key, out var place))
        {
            place = inputs.Count;
            inputPlaces.Add(key, place);
            inputs.Add(new(bound.Argument, bound.Condition, storage));
        }

        inputs[place].Needs = inputs[place].Needs.With(bound.Fold.Needs);

        return place;
    }
}
