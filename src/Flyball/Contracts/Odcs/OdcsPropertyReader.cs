using System.Text.RegularExpressions;
using Flyball.Contracts.Privacy;
using Flyball.Contracts.Rows;
using Flyball.Projects;

namespace Flyball.Contracts.Odcs;

/// <summary>Reads a property of the standard with what it nests: the members of an object, the items of an array, the keys and values of a map.</summary>
internal static partial class OdcsPropertyReader
{
    /// <summary>The custom properties of a property that are read here; the versions of a contract are compared by them.</summary>
    internal static readonly string[] CustomNames = ["eventTime", "entity", "unit", "nullPolicy", "privacy", "coerce"];

    private const int LongestName = 128;

    /// <summary>Reads a mapping under the <c>properties</c> of a schema object: a field of the row.</summary>
    public static FieldDefinition Read(YamlSection property) => ReadMember(property, null, 0);

    /// <param name="property">A mapping under <c>properties</c>.</param>
    /// <param name="owner">Path of the object it is a member of; null for a field of the row.</param>
    /// <param name="depth">Objects and arrays around it.</param>
    private static FieldDefinition ReadMember(YamlSection property, string? owner, int depth)
    {
        property.Require("name");
        var name = property.Text("name") ?? "";
        CheckName(property, name, isInRow: owner is null);
        return Read(property, name, owner is null ? name : $"{owner}.{name}", depth);
    }

    private static FieldDefinition Read(YamlSection property, string name, string path, int depth)
    {
        if (depth > NestedPlan.Deepest)
        {
            property.Problems.Add("FLY1107", $"Properties are nested deeper than {NestedPlan.Deepest}.", property.Where, "Flatten them, or leave the inner ones out: they are kept unchecked.");
        }

        var kind = KindOf(property, path);
        var (item, key) = depth > NestedPlan.Deepest ? (null, null) : ReadItems(property, kind, path, depth);
        OdcsShapes.Element.Read(property);
        OdcsShapes.Property.Read(property);
        var custom = OdcsCustomProperties.Read(property, CustomNames);
        var field = new FieldDefinition
        {
            Name = name,
            Path = path,
            LogicalType = property.Text("logicalType") ?? "",
            PhysicalType = property.Text("physicalType"),
            PhysicalName = property.Text("physicalName"),
            Kind = kind,
            Required = property.Flag("required") ?? false,
            Unique = property.Flag("unique") ?? false,
            PrimaryKey = property.Flag("primaryKey") ?? false,
            PrimaryKeyPosition = property.Integer("primaryKeyPosition") is > 0 and var position ? position : null,
            EventTime = custom.Flag("eventTime") ?? false,
            Entity = ReadEntity(custom, property),
            Unit = custom.Text("unit"),
            Description = property.Text("description"),
            Coerce = custom.Flag("coerce") == true,
            NullPolicy = custom.OneOf("nullPolicy", ("allow", NullPolicy.Allow), ("refuse", NullPolicy.Refuse)),
            Classification = property.Text("classification"),
            IsPrivacyStated = custom.Text("privacy") is not null,
            Privacy = custom.Text("privacy") is null
                ? PrivacyRules.DefaultOf(property.Text("classification"), kind == FieldKind.Text)
                : custom.OneOf("privacy", ("tokenise", PrivacyTreatment.Tokenise), ("tokenize", PrivacyTreatment.Tokenise), ("drop", PrivacyTreatment.Drop), ("keep", PrivacyTreatment.Keep)),
            Id = property.Text("id"),
            Options = property.Section("logicalTypeOptions"),
            Allowed = ReadAllowed(property),
            Properties = depth > NestedPlan.Deepest ? [] : ReadMembers(property, kind, path, depth),
            Item = item,
            Key = key,
            Relationships = property.Sections("relationships"),
            Quality = OdcsReader.Rules(property),
            Section = property,
        };
        property.Finish();
        if (depth > 0 && (field.Unique || field.PrimaryKey || field.EventTime || field.Entity is not null))
        {
            property.Problems.AddNotice("FLY1147", $"Key, uniqueness, entity and event time of '{path}' are not enforced: it stands inside a nested value.", property.Where);
        }

        return depth == 0 ? PrivacyRules.WithNested(field) : field;
    }

    private static FieldKind KindOf(YamlSection property, string path)
    {
        var physical = property.Text("physicalType");
        if (property.Text("logicalType") is { } logical)
        {
            if (!OdcsTypes.Logical.TryGetValue(logical, out var known))
            {
                OdcsShape.RefuseChoice(property, "logicalType", logical, [.. OdcsTypes.Logical.Keys.Order(StringComparer.Ordinal)]);
                return FieldKind.Any;
            }

            return known == FieldKind.Date ? OdcsTypes.OfDate(physical, property.Section("logicalTypeOptions")?.Text("format")) : known;
        }

        if (property.Has("items") || property.Has("properties") || property.Has("map"))
        {
            return property.Has("items") ? FieldKind.Array : property.Has("map") ? FieldKind.Map : FieldKind.Object;
        }

        if (OdcsTypes.OfPhysical(physical) is { } derived)
        {
            return derived;
        }

        property.Problems.AddNotice("FLY1147", $"'{path}' has no logical type, and its physical type does not tell one: any JSON value is kept, unchecked.", property.Where, "Add logicalType.");
        return FieldKind.Any;
    }

    private static List<FieldDefinition> ReadMembers(YamlSection property, FieldKind kind, string path, int depth)
    {
        if (kind is not FieldKind.Object)
        {
            RefuseUnless(property, "properties", FieldKind.Object, kind);
            return [];
        }

        var members = property.Sections("properties").Select(p => ReadMember(p, path, depth + 1)).ToList();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in members.Where(m => m.Name.Length > 0 && !seen.Add(m.Name)))
        {
            property.Problems.Add("FLY1102", $"Two properties of '{path}' are named '{member.Name}'.", member.Section.At("name"), "Rename one of them.");
        }

        return members;
    }

    private static (FieldDefinition? Item, FieldDefinition? Key) ReadItems(YamlSection property, FieldKind kind, string path, int depth)
    {
        RefuseUnless(property, "items", FieldKind.Array, kind);
        RefuseUnless(property, "map", FieldKind.Map, kind);
        if (kind == FieldKind.Array)
        {
            return (property.Section("items") is { } items ? Read(items, items.Text("name") ?? "", path + "[]", depth + 1) : null, null);
        }

        if (kind != FieldKind.Map || property.Section("map") is not { } map)
        {
            return (null, null);
        }

        map.Require("key", "value");
        var key = map.Section("key") is { } keys ? Read(keys, "", path + "[]", depth + 1) : null;
        var value = map.Section("value") is { } values ? Read(values, "", path + "[]", depth + 1) : null;
        map.Finish();
        if (key is { Kind: not FieldKind.Text and not FieldKind.Any })
        {
            map.Problems.AddNotice("FLY1147", $"The keys of '{path}' are texts in JSON; their type is not checked.", map.At("key"));
        }

        return (value, key);
    }

    private static List<YamlEntry> ReadAllowed(YamlSection property)
    {
        List<YamlEntry> allowed = [];
        foreach (var entry in property.Items("enum"))
        {
            if (entry.Section is not { } section)
            {
                allowed.Add(entry);
                continue;
            }

            OdcsShapes.EnumValue.Check(section);
            if (section.Text("value") is { } value)
            {
                allowed.Add(entry with { Text = value, Where = section.At("value") });
            }
        }

        return allowed;
    }

    private static void RefuseUnless(YamlSection property, string name, FieldKind wanted, FieldKind kind)
    {
        if (kind != wanted && property.Has(name))
        {
            property.Problems.Add("FLY1107", $"'{name}' belongs to the logical type {wanted.ToString().ToLowerInvariant()}.", property.At(name), $"Write logicalType: {wanted.ToString().ToLowerInvariant()}, or remove it.");
        }
        else if (kind != wanted)
        {
            property.Keep(name);
        }
    }

    private static void CheckName(YamlSection property, string name, bool isInRow)
    {
        if (name.Length > LongestName || name.Any(c => char.IsControl(c) || char.IsSurrogate(c)))
        {
            property.Problems.Add("FLY1107", $"A field's name has at most {LongestName} characters and no control character.", property.At("name"));
        }
        else if (isInRow && name.Length > 0 && !Identifier().IsMatch(name))
        {
            property.Problems.AddNotice("FLY1147", $"'{name}' is no identifier: an expression names it in double quotes.", property.At("name"));
        }
    }

    /// <summary><c>entity: customer</c> names the entity; <c>entity: true</c> names it after the field.</summary>
    private static string? ReadEntity(OdcsCustomProperties custom, YamlSection property) => custom.Text("entity") switch
    {
        null or "false" => null,
        "true" => property.Text("name"),
        var name => name,
    };

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]{0,63}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Identifier();
}
