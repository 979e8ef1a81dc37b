using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flyball.Contracts.Quality;
using Flyball.Projects;

namespace Flyball.Contracts.Odcs;

/// <summary>
/// Reads an Open Data Contract Standard file (versions 3.0 to 3.2): one definition for each schema object. Every section is
/// known; what Flyball does not use is checked for its form and kept in the document. A name outside the standard is refused, because it is a typing error.
/// </summary>
internal static partial class OdcsReader
{
    /// <summary>The custom properties of a contract that are read here; the versions of a contract are compared by them.</summary>
    internal static readonly string[] CustomNames = ["eventTime"];

    /// <summary>Those of a schema object.</summary>
    internal static readonly string[] SchemaCustomNames = ["eventTime", "statistics", "foreignKeys", "corrections", "window"];

    /// <summary>The definitions, none when the file has no schema object with properties; problems and notices go to the section's list.</summary>
    public static IReadOnlyList<ContractDefinition> Read(YamlSection root)
    {
        if (root.Text("apiVersion") is { } version && !SupportedVersion().IsMatch(version))
        {
            // Another version has other names: what they would be called here would only mislead.
            root.Problems.Add("FLY1110", version.Length <= 32 ? $"Version '{version}' of the standard is not supported." : "This version of the standard is not supported.", root.At("apiVersion"), "Write v3.1.0, and the file in its form.");
            return [];
        }

        root.Require("apiVersion", "kind", "id", "version");
        if (root.Text("apiVersion")?.StartsWith("v3.2.", StringComparison.Ordinal) != true)
        {
            root.Require("status");
        }

        OdcsShape.OneOf("DataContract")(root, "kind");
        OdcsShapes.Contract.Read(root);
        var custom = OdcsCustomProperties.Read(root, CustomNames);
        var levels = root.Sections("slaProperties");
        foreach (var level in levels)
        {
            OdcsShapes.ServiceLevel.Check(level);
        }

        var objects = root.Sections("schema");
        root.Keep("status");
        root.Finish();
        if (objects.Count == 0)
        {
            root.Problems.AddNotice("FLY1148", "The contract describes no schema object: there is no source of events in it.", root.At("schema"));
            return [];
        }

        var document = root.ToJson();
        return [.. objects.Select(o => ReadObject(root, o, custom.Text("eventTime"), levels, document)).OfType<ContractDefinition>()];
    }

    private static ContractDefinition? ReadObject(YamlSection root, YamlSection schema, string? eventTime, IReadOnlyList<YamlSection> levels, JsonObject document)
    {
        schema.Require("name");
        var name = schema.Text("name") ?? "";
        OdcsShape.OneOf("object")(schema, "logicalType");
        OdcsShapes.Element.Read(schema);
        OdcsShapes.SchemaObject.Read(schema);
        var custom = OdcsCustomProperties.Read(schema, SchemaCustomNames);

        // One more than there may be tells the compiler that there are too many; of the others nothing is said.
        var fields = schema.Sections("properties").Take(ContractCompiler.MostFields + 1).Select(OdcsPropertyReader.Read).ToList();
        var quality = Rules(schema);
        var relationships = schema.Sections("relationships");
        schema.Finish();
        if (fields.Count == 0)
        {
            schema.Problems.AddNotice("FLY1148", "The schema object has no properties: its rows cannot be checked, and it takes no events.", schema.At("properties"));
            return null;
        }

        return new ContractDefinition
        {
            ApiVersion = root.Text("apiVersion") ?? "",
            Id = root.Text("id") ?? "",
            Version = root.Text("version") ?? "",
            Status = root.Text("status") ?? "",
            Source = name,
            IsServed = CheckName(schema, name),
            ObjectId = schema.Text("id"),
            Fields = fields,
            Quality = quality,
            Relationships = relationships,
            ServiceLevels = levels,
            EventTime = custom.Text("eventTime") ?? eventTime,
            Document = document,
            ForeignKeys = custom.OneOf("foreignKeys", ("alert", RuleOutcome.Alert), ("quarantine", RuleOutcome.Quarantine), ("hold", RuleOutcome.Hold), ("record", RuleOutcome.Record)),
            TakesCorrections = custom.OneOf("corrections", ("refuse", false), ("accept", true)),
            Statistics = custom.Section("statistics"),
            Window = custom.Section("window"),
            Where = schema.Where,
        };
    }

    /// <summary>The rules under <c>quality</c>, their names checked.</summary>
    public static IReadOnlyList<YamlSection> Rules(YamlSection owner)
    {
        var rules = owner.Sections("quality");
        foreach (var rule in rules)
        {
            OdcsShapes.CheckRule(rule);
        }

        return rules;
    }

    private static bool CheckName(YamlSection schema, string name)
    {
        if (name.Length == 0 || SourceName().IsMatch(name))
        {
            return true;
        }

        schema.Problems.AddNotice(
            "FLY1148",
            "The name cannot stand in a URL, so the source takes no events.",
            schema.At("name"),
            "Use letters, digits, '_', '-' and '.', at most 128, with a letter or digit first.");
        return false;
    }

    [GeneratedRegex(@"^v3\.[012]\.[0-9]{1,4}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex SupportedVersion();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex SourceName();
}
