using Flyball.Projects;

namespace Flyball.Contracts.Odcs;

/// <summary>
/// Compiles <c>relationships</c> to foreign keys. What names a contract outside the project, or a field inside a nested value, is kept and told; a name that
/// nearly spells a field, sides of unequal length and types that differ are refused.
/// </summary>
/// <param name="references">Finds what a reference names.</param>
internal sealed class RelationshipCompiler(ReferenceReader references)
{
    public IReadOnlyList<RelationshipPlan> Compile(ContractDefinition definition)
    {
        List<RelationshipPlan> plans = [];
        foreach (var (field, index) in definition.Fields.Select((f, i) => (f, i)))
        {
            foreach (var section in field.Relationships)
            {
                Add(plans, OfField(section, definition, index));
            }

            RefuseInner(field);
        }

        foreach (var section in definition.Relationships)
        {
            Add(plans, OfObject(section, definition));
        }

        return plans;
    }

    private static void Add(List<RelationshipPlan> plans, RelationshipPlan? plan)
    {
        // A file may state one key by names and again by identifiers.
        if (plan is not null && !plans.Exists(p => p.Fields.SequenceEqual(plan.Fields) && string.Equals(p.TargetSource, plan.TargetSource, StringComparison.Ordinal) && p.TargetFields.SequenceEqual(plan.TargetFields, StringComparer.Ordinal)))
        {
            plans.Add(plan);
        }
    }

    private RelationshipPlan? OfField(YamlSection section, ContractDefinition definition, int index)
    {
        if (section.IsWritten("from"))
        {
            section.Problems.Add("FLY1155", "'from' is the property itself here.", section.At("from"), "Remove it, or state the relationship at the schema object.");
        }

        var to = Read(section, "to");
        section.Finish();
        if (to.Count > 1)
        {
            section.Problems.Add("FLY1155", "A property refers to one field.", section.At("to"), "State a key of several fields at the schema object, with from and to.");
        }

        return to.Count == 1 ? Resolve(section, definition, [index], to) : null;
    }

    private RelationshipPlan? OfObject(YamlSection section, ContractDefinition definition)
    {
        section.Require("from");
        var isMixed = section.Has("from") && section.Has("to") && section.IsList("from") != section.IsList("to");
        var (from, to) = (Read(section, "from"), Read(section, "to"));
        section.Finish();
        if (isMixed || (from.Count > 0 && to.Count > 0 && from.Count != to.Count))
        {
            section.Problems.Add("FLY1155", "'from' and 'to' should name as many fields as each other, both as texts or both as lists.", section.At("to"));
            return null;
        }

        List<int> fields = [];
        foreach (var reference in from)
        {
            var found = references.Find(reference, definition);
            var name = found.Contract is null ? reference : found.Name;
            var index = definition.Fields.ToList().FindIndex(f => string.Equals(f.Name, name, StringComparison.Ordinal));
            if (index < 0 || (found.Contract is not null && !ReferenceEquals(found.Contract, definition)))
            {
                Tell(section, "from", name, found.Contract is null || ReferenceEquals(found.Contract, definition) ? definition : null);
                return null;
            }

            fields.Add(index);
        }

        return fields.Count > 0 && fields.Count == to.Count ? Resolve(section, definition, fields, to) : null;
    }

    private static IReadOnlyList<string> Read(YamlSection section, string name)
    {
        section.Require("to");
        OdcsShapes.Relationship.Read(section);
        return section.Texts(name);
    }

    private RelationshipPlan? Resolve(YamlSection section, ContractDefinition definition, List<int> from, IReadOnlyList<string> to)
    {
        var found = to.Select(t => references.Find(t, definition)).ToList();
        foreach (var target in found)
        {
            if (target.Field is null)
            {
                Tell(section, "to", target.Name, target.Contract);
                return null;
            }
        }

        var contract = found[0].Contract!;
        if (found.Exists(f => !ReferenceEquals(f.Contract, contract)))
        {
            section.Problems.Add("FLY1155", "'to' names fields of several schema objects.", section.At("to"), "A key refers to one of them.");
            return null;
        }

        for (var i = 0; i < from.Count; i++)
        {
            var (own, other) = (definition.Fields[from[i]], found[i].Field!);
            if (own.Kind != other.Kind)
            {
                section.Problems.Add(
                    "FLY1155", $"'{own.Name}' is {Name(own.Kind)} and '{contract.Source}.{other.Name}' is {Name(other.Kind)}: they can never be equal.", section.At("to"), "Give both one logical type.");
                return null;
            }
        }

        return IsChecked(section, definition, from, contract, [.. found.Select(f => f.Field!)])
            ? new RelationshipPlan(from, contract.Source, [.. found.Select(f => f.Field!.Name)], section.Where)
            : null;
    }

    /// <summary>A reference has to name one row: the target's whole primary key or a unique column is among its columns, each is there once and readable on both sides.</summary>
    private static bool IsChecked(YamlSection section, ContractDefinition definition, List<int> from, ContractDefinition target, List<FieldDefinition> to)
    {
        var key = target.Fields.Where(f => f.PrimaryKey).ToList();
        if (to.Distinct().Count() < to.Count || !(to.Exists(f => f.Unique) || (key.Count > 0 && key.TrueForAll(to.Contains))))
        {
            section.Problems.Add(
                "FLY1200",
                $"The relationship names no single row of '{target.Source}': {(to.Count == 1 ? $"'{to[0].Name}' is neither its primary key nor unique" : "its columns include neither the primary key nor a unique column, or one of them twice")}.",
                section.At("to"),
                key.Count > 0 ? $"Refer to {string.Join(", ", key.Select(f => $"'{target.Source}.{f.Name}'"))}, or mark the column unique: true." : "Mark the column unique: true or primaryKey: true in the target.");
            return false;
        }

        for (var i = 0; i < to.Count; i++)
        {
            var own = definition.Fields[from[i]];
            if (own.Privacy != to[i].Privacy || own.Privacy == Privacy.PrivacyTreatment.Drop)
            {
                section.Problems.Add(
                    "FLY1201",
                    $"'{own.Name}' and '{target.Source}.{to[i].Name}' cannot be compared: what is stored of one is {Stored(own)}, of the other {Stored(to[i])}.",
                    section.At("to"),
                    "Give both the same privacy, keep or tokenise.");
                return false;
            }
        }

        if (!target.IsServed)
        {
            section.Problems.AddNotice("FLY1147", $"The relationship is not enforced: '{target.Source}' takes no events.", section.At("to"));
        }

        return target.IsServed;
    }

    private static string Stored(FieldDefinition field) => field.Privacy switch
    {
        Privacy.PrivacyTreatment.Tokenise => "a token",
        Privacy.PrivacyTreatment.Drop => "nothing",
        _ => "the value",
    };

    /// <summary>A field that is not there: a spelling error when a name is near, else something that is not enforced.</summary>
    private static void Tell(YamlSection section, string side, string name, ContractDefinition? contract)
    {
        if (contract is not null && NearestName.Of(name, contract.Fields.Select(f => f.Name)) is { } nearest)
        {
            section.Problems.Add("FLY1155", $"'{contract.Source}' has no field '{name}'.", section.At(side), $"Did you mean '{contract.Source}.{nearest}'?");
            return;
        }

        section.Problems.AddNotice(
            "FLY1147",
            contract is null ? $"The relationship is not enforced: what '{side}' names is not in this project." : $"The relationship is not enforced: '{contract.Source}' has no field '{name}' in its rows.",
            section.At(side));
    }

    private static void RefuseInner(FieldDefinition field)
    {
        IEnumerable<FieldDefinition?> inner = [.. field.Properties, field.Item, field.Key];
        foreach (var one in inner.OfType<FieldDefinition>())
        {
            foreach (var section in one.Relationships)
            {
                Read(section, "to");
                section.Finish();
                section.Problems.AddNotice("FLY1147", $"The relationship of '{one.Path}' is not enforced: it stands inside a nested value.", section.Where);
            }

            RefuseInner(one);
        }
    }

    private static string Name(FieldKind kind) => kind.ToString().ToLowerInvariant();
}
