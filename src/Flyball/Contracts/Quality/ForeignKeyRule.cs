using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Quality;

/// <summary>
/// A relationship, checked against the keys of the rows that its target has stored. A parent that arrives in the same batch or later is not
/// seen, so a missing one is reported by default and puts rows aside only where the contract says so.
/// </summary>
internal sealed class ForeignKeyRule
{
    private readonly RelationshipPlan relationship;
    private readonly int[] columns;
    private readonly KeyIndex keys;

    private ForeignKeyRule(RelationshipPlan relationship, int[] columns, KeyIndex keys, string name)
    {
        this.relationship = relationship;
        this.columns = columns;
        this.keys = keys;
        Name = name;
        Problem = new Problem("FLY3123", $"There is no row of '{relationship.TargetSource}' with the key that {name} refers to.", Remedy: $"Send the row of '{relationship.TargetSource}' first, or mend the reference.");
    }

    /// <summary>Such as <c>foreign key(customer_id → customers)</c>.</summary>
    public string Name { get; }

    public string Target => relationship.TargetSource;

    /// <summary>Made once; names no value.</summary>
    public Problem Problem { get; }

    /// <summary>Null when the relationship does not name the target's whole primary key: then no index tells whether the row is there.</summary>
    public static ForeignKeyRule? Of(ContractPlan plan, RelationshipPlan relationship, ContractPlan target, KeyIndex keys)
    {
        var key = target.PrimaryKey.Select(i => target.Schema.Fields[i].Name).ToList();
        if (key.Count == 0 || key.Count != relationship.TargetFields.Count || !key.ToHashSet(StringComparer.Ordinal).SetEquals(relationship.TargetFields))
        {
            return null;
        }

        // The hash of a key takes its columns in the order of the key.
        int[] ordered = [.. key.Select(name => relationship.Fields[relationship.TargetFields.ToList().IndexOf(name)])];
        var sameTypes = ordered.Zip(target.PrimaryKey).All(p => plan.Schema.Fields[p.First].Type == target.Schema.Fields[p.Second].Type);
        var name = $"foreign key({string.Join(", ", relationship.Fields.Select(f => plan.Schema.Fields[f].Name))} → {relationship.TargetSource})";
        return sameTypes ? new ForeignKeyRule(relationship, ordered, keys, name) : null;
    }

    /// <summary>True when a column is null, as in SQL, or the target has the row.</summary>
    public bool Holds(ReadOnlySpan<Value> row, SipHash hash)
    {
        foreach (var column in columns)
        {
            if (row[column].IsNull)
            {
                return true;
            }
        }

        return keys.Contains(RowKey.Hash(columns, row, hash));
    }
}
