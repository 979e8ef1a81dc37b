using System.Text.RegularExpressions;
using Flyball.Contracts.Quality;
using Flyball.Projects;

namespace Flyball.Contracts.Odcs;

/// <summary>
/// Reads an Open Data Contract Standard file (versions 3.0 and 3.1). It understands identity, schema and properties; every other
/// section of the standard is kept in the document; a name outside the standard is refused, because it is a typing error.
/// </summary>
internal static partial class OdcsReader
{
    /// <summary>The definition, or null when the file has no schema object to read; problems go to the section's list.</summary>
    public static ContractDefinition? Read(YamlSection root)
    {
        root.Require("apiVersion", "kind", "id", "version", "status", "schema");
        CheckOneOf(root, "kind", "DataContract");
        if (root.Text("apiVersion") is { } version && !SupportedVersion().IsMatch(version))
        {
            root.Problems.Add("FLY1110", $"Version '{version}' of the standard is not supported.", root.At("apiVersion"), "Write v3.1.0.");
        }

        root.Keep("name", "tenant", "tags", "servers", "dataProduct", "description", "domain", "support", "price", "team", "roles");
        root.Keep("slaDefaultElement", "slaProperties", "authoritativeDefinitions", "contractCreatedTs");
        var ofContract = OdcsCustomProperties.Read(root, "eventTime");
        var objects = root.Sections("schema");
        root.Finish();
        if (objects.Count == 0)
        {
            return null;
        }

        if (objects.Count > 1)
        {
            root.Problems.Add("FLY1111", $"The contract describes {objects.Count} schema objects.", objects[1].Where, "Write one contract file for each source.");
        }

        var schema = objects[0];
        schema.Require("name", "properties");
        if (schema.Text("name") is { } name && !SourceName().IsMatch(name))
        {
            schema.Problems.Add("FLY1107", "A source's name has letters, digits, '_' and '-', at most 64, and begins with a letter.", schema.At("name"));
        }

        CheckOneOf(schema, "logicalType", "object");
        schema.Keep("id", "physicalType", "physicalName", "description", "businessName", "authoritativeDefinitions", "tags");
        schema.Keep("dataGranularityDescription", "relationships");
        var ofSchema = OdcsCustomProperties.Read(schema, "eventTime", "statistics", "foreignKeys");
        var fields = schema.Sections("properties").Select(ReadField).ToList();
        var quality = schema.Sections("quality");
        schema.Finish();
        return new ContractDefinition
        {
            ApiVersion = root.Text("apiVersion") ?? "",
            Id = root.Text("id") ?? "",
            Version = root.Text("version") ?? "",
            Status = root.Text("status") ?? "",
            Source = schema.Text("name") ?? "",
            Fields = fields,
            Quality = quality,
            ForeignKeys = ofSchema.OneOf("foreignKeys", ("alert", RuleOutcome.Alert), ("quarantine", RuleOutcome.Quarantine), ("hold", RuleOutcome.Hold), ("record", RuleOutcome.Record)),
            Statistics = ofSchema.Section("statistics"),
            EventTime = ofSchema.Text("eventTime") ?? ofContract.Text("eventTime"),
            Document = root.ToJson(),
            Where = schema.Where,
        };
    }

    private static FieldDefinition ReadField(YamlSection property)
    {
        property.Require("name", "logicalType");
        property.Keep("id", "physicalType", "physicalName", "description", "businessName", "authoritativeDefinitions", "tags");
        property.Keep("partitioned", "partitionKeyPosition", "encryptedName", "transformSourceObjects", "transformLogic");
        property.Keep("transformDescription", "examples", "criticalDataElement", "relationships", "items", "properties");
        var custom = OdcsCustomProperties.Read(property, "eventTime", "entity", "unit", "nullPolicy");
        var field = new FieldDefinition
        {
            Name = property.Text("name") ?? "",
            LogicalType = property.Text("logicalType") ?? "",
            Required = property.Flag("required") ?? false,
            Unique = property.Flag("unique") ?? false,
            PrimaryKey = property.Flag("primaryKey") ?? false,
            PrimaryKeyPosition = property.Integer("primaryKeyPosition") is > 0 and var position ? position : null,
            EventTime = custom.Flag("eventTime") ?? false,
            Entity = ReadEntity(custom, property),
            Unit = custom.Text("unit"),
            NullPolicy = custom.OneOf("nullPolicy", ("allow", NullPolicy.Allow), ("refuse", NullPolicy.Refuse)),
            Classification = property.Text("classification"),
            Options = property.Section("logicalTypeOptions"),
            Quality = property.Sections("quality"),
            Section = property,
        };
        property.Finish();
        if (field.Name.Length > 0 && !FieldName().IsMatch(field.Name))
        {
            property.Problems.Add("FLY1107", "A field's name has letters, digits and '_', at most 64, and begins with a letter or '_': expressions name it.", property.At("name"));
        }

        return field;
    }

    /// <summary><c>entity: customer</c> names the entity; <c>entity: true</c> names it after the field.</summary>
    private static string? ReadEntity(OdcsCustomProperties custom, YamlSection property) => custom.Text("entity") switch
    {
        null or "false" => null,
        "true" => property.Text("name"),
        var name => name,
    };

    private static void CheckOneOf(YamlSection section, string name, string only)
    {
        if (section.Text(name) is { } value && !string.Equals(value, only, StringComparison.Ordinal))
        {
            section.Problems.Add("FLY1107", $"'{name}' should be '{only}'.", section.At(name));
        }
    }

    [GeneratedRegex(@"^v3\.[01]\.[0-9]+\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex SupportedVersion();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_-]{0,63}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex SourceName();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]{0,63}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex FieldName();
}
