using System.Text;
using System.Text.Json;
using Flyball.Contracts.Quality;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Projects;

namespace Flyball.Contracts.Odcs;

/// <summary>Compiles contract files to plans. All problems go to the files' shared list.</summary>
public static class ContractCompiler
{
    private const int MostFields = 1_000;

    private const string UsualEventTime = "event_time";

    /// <summary>The plan of one file, or null after adding FLY11xx problems.</summary>
    public static ContractPlan? Compile(YamlSection root)
    {
        var before = root.Problems.Count;
        var definition = OdcsReader.Read(root);
        if (definition is null)
        {
            return null;
        }

        CheckFieldNames(definition, root.Problems);
        var types = definition.Fields.Select(TypeOf).ToList();
        var eventTime = FindEventTime(definition, types, root.Problems);
        var primaryKey = definition.Fields.Index().Where(f => f.Item.PrimaryKey).OrderBy(f => f.Item.PrimaryKeyPosition ?? long.MaxValue).Select(f => f.Index).ToList();
        var fields = definition.Fields.Select((f, i) => CompileField(f, types[i], i == eventTime || f.PrimaryKey)).ToList();
        var quality = QualityCompiler.Compile(definition, new RowSchema(fields.DistinctBy(f => f.Name).Select(f => new Field(f.Name, f.Type))), root.Problems);
        if (root.Problems.Count > before)
        {
            return null;
        }

        var entities = definition.Fields.Index().Where(f => f.Item.Entity is not null).Select(f => new EntityField(f.Item.Entity!, f.Item.Name, f.Index));
        return new ContractPlan(definition, fields, eventTime, primaryKey, [.. entities]) { Quality = quality };
    }

    private static FieldPlan CompileField(FieldDefinition field, ScalarType? type, bool isKey)
    {
        var known = type ?? ScalarType.Text;
        var isDate = string.Equals(field.LogicalType, "date", StringComparison.Ordinal);
        return new FieldPlan
        {
            Name = field.Name,
            Utf8Name = Encoding.UTF8.GetBytes(field.Name),
            EncodedName = JsonEncodedText.Encode(field.Name),
            Type = known,
            IsDate = isDate,
            Required = field.Required || isKey,
            NullPolicy = field.NullPolicy,
            Checks = type is null || field.Options is null ? [] : FieldCheckCompiler.Compile(field.Name, known, field.Options),
            Problems = new FieldProblems(field.Name, known, isDate),
        };
    }

    private static ScalarType? TypeOf(FieldDefinition field)
    {
        switch (field.LogicalType)
        {
            case "boolean": return ScalarType.Boolean;
            case "integer": return ScalarType.Integer;
            case "number": return ScalarType.Number;
            case "string": return ScalarType.Text;
            case "timestamp" or "date": return ScalarType.Timestamp;
            case "object" or "array" or "time":
                field.Section.Problems.Add(
                    "FLY1112", $"'{field.Name}' has the logical type {field.LogicalType}, which an event cannot hold.", field.Section.At("logicalType"), "Flatten it into columns, or hold it as a string.");
                return null;
            case "":
                return null;
            default:
                var nearest = NearestName.Of(field.LogicalType, ["boolean", "integer", "number", "string", "timestamp", "date"]);
                field.Section.Problems.Add(
                    "FLY1107",
                    $"'{field.LogicalType}' is not a logical type.",
                    field.Section.At("logicalType"),
                    nearest is null ? "Use boolean, integer, number, string, timestamp or date." : $"Did you mean '{nearest}'?");
                return null;
        }
    }

    private static void CheckFieldNames(ContractDefinition definition, ProblemList problems)
    {
        if (definition.Fields.Count > MostFields)
        {
            problems.Add("FLY1107", $"The contract has more than {MostFields} fields.", definition.Where);
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in definition.Fields)
        {
            if (field.Name.Length > 0 && !seen.Add(field.Name))
            {
                problems.Add("FLY1102", $"Two fields are named '{field.Name}'.", field.Section.At("name"), "Rename one of them.");
            }
        }
    }

    /// <summary>The marked field, else the one that the contract names, else a timestamp called event_time; -1 when there is none, which times the source by arrival.</summary>
    private static int FindEventTime(ContractDefinition definition, List<ScalarType?> types, ProblemList problems)
    {
        var marked = definition.Fields.Index().Where(f => f.Item.EventTime).Select(f => f.Index).ToList();
        if (marked.Count > 1)
        {
            problems.Add("FLY1113", "Two fields are marked as event time.", definition.Fields[marked[1]].Section.Where, "Mark one of them.");
            return -1;
        }

        var named = definition.EventTime ?? UsualEventTime;
        if (marked.Count == 0 && definition.EventTime is null && definition.Fields.All(f => !string.Equals(f.Name, UsualEventTime, StringComparison.Ordinal)))
        {
            return -1;
        }

        var index = marked.Count == 1 ? marked[0] : definition.Fields.Index().Where(f => string.Equals(f.Item.Name, named, StringComparison.Ordinal)).Select(f => f.Index).DefaultIfEmpty(-1).First();
        if (index < 0)
        {
            problems.Add(
                "FLY1113",
                $"There is no field '{named}' to be the event time.",
                definition.Where,
                "Give a timestamp field the custom property eventTime: true.");
        }
        else if (types[index] is not null and not ScalarType.Timestamp)
        {
            problems.Add("FLY1113", $"'{definition.Fields[index].Name}' cannot be the event time: it is no timestamp.", definition.Fields[index].Section.At("logicalType"));
        }

        return index;
    }
}
