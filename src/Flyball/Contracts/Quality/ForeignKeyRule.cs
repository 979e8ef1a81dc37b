using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Quality;

/// <summary>
/// A relationship, checked against the rows that its target has stored: by its primary key, by a unique column, or by more columns that include
/// one of them. A parent that comes in a later batch is not seen, so a missing one is reported by default and puts rows aside only where the
/// contract says so. A source that refers to itself finds parents in the same batch too.
/// </summary>
internal sealed class ForeignKeyRule
{
    private readonly int[] columns;
    private readonly int place;
    private readonly KeyIndex keys;

    private ForeignKeyRule(string target, int[] columns, int place, KeyIndex keys, string name)
    {
        this.columns = columns;
        this.place = place;
        this.keys = keys;
        Name = name;
        Target = target;
        Problem = new Problem("FLY3123", $"There is no row of '{target}' with the key that {name} refers to.", Remedy: $"Send the row of '{target}' first, or mend the reference.");
    }

    /// <summary>Such as <c>foreign key(customer_id → customers)</c>.</summary>
    public string Name { get; }

    public string Target { get; }

    /// <summary>The source refers to itself.</summary>
    public bool IsOwn { get; private init; }

    /// <summary>Made once; names no value.</summary>
    public Problem Problem { get; }

    /// <summary>The sets of a source's columns that relationships of a project refer to, positions ascending.</summary>
    public static IEnumerable<int[]> ReferencedSets(ContractSet contracts, ContractPlan target) =>
        contracts.Plans.SelectMany(p => p.Relationships).Where(r => string.Equals(r.TargetSource, target.Source, StringComparison.Ordinal)).Select(r => SetOf(r, target));

    /// <param name="plan">The source that refers.</param>
    /// <param name="relationship">One of its relationships.</param>
    /// <param name="target">The source referred to, whose index has the relationship's columns.</param>
    public static ForeignKeyRule Of(ContractPlan plan, RelationshipPlan relationship, SourceState target)
    {
        var at = target.Columns.PlaceOf(SetOf(relationship, target.Plan));
        var named = relationship.TargetFields.ToList();
        int[] ordered = [.. target.Columns.OrderOf(at).Select(i => relationship.Fields[named.IndexOf(target.Plan.Schema.Fields[i].Name)])];
        var name = $"foreign key({string.Join(", ", relationship.Fields.Select(f => plan.Schema.Fields[f].Name))} → {relationship.TargetSource})";
        return new ForeignKeyRule(relationship.TargetSource, ordered, at, target.Keys, name) { IsOwn = ReferenceEquals(plan, target.Plan) };
    }

    /// <summary>The hash of the row referred to; 0 when a column is null, which refers to nothing, as in SQL.</summary>
    public UInt128 ParentOf(ReadOnlySpan<Value> row, SipHash hash) => KeyColumns.HashOf(place, columns, row, hash);

    /// <summary>Whether the target has stored the row.</summary>
    public bool IsStored(UInt128 parent) => keys.Contains(parent);

    private static int[] SetOf(RelationshipPlan relationship, ContractPlan target) => [.. relationship.TargetFields.Select(f => target.Schema.IndexOf(f)).Order()];
}
