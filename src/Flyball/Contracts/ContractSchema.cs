using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts;

/// <summary>
/// A contract as JSON Schema (2020-12): what a row has to be, as far as that language can say it. Bounds of times stand in the description.
/// </summary>
public static class ContractSchema
{
    private const string Null = "null";

    /// <param name="plan">The contract.</param>
    /// <param name="unknown">Position of a column that a request need not have; -1 for none.</param>
    public static JsonObject Of(ContractPlan plan, int unknown = -1)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var members = new JsonObject();
        var required = new JsonArray();
        for (var i = 0; i < plan.Fields.Length; i++)
        {
            if (i == unknown)
            {
                // What stands there is dropped, whatever it is.
                members[plan.Fields[i].Name] = new JsonObject { ["description"] = "The label: not known yet, and dropped when it is sent." };
                continue;
            }

            members[plan.Fields[i].Name] = Field(plan.Definition.Fields[i], plan.Fields[i]);
            if (plan.Fields[i].Required)
            {
                required.Add((JsonNode)plan.Fields[i].Name);
            }
        }

        foreach (var (name, column) in plan.PhysicalNames)
        {
            // Rows may use the name at the source instead.
            required.Remove(required.FirstOrDefault(r => (string)r! == plan.Fields[column].Name));
            members[System.Text.Encoding.UTF8.GetString(name)] = members[plan.Fields[column].Name]!.DeepClone();
        }

        return new JsonObject { ["type"] = "object", ["properties"] = members, ["required"] = required, ["additionalProperties"] = false };
    }

    private static JsonObject Field(FieldDefinition written, FieldPlan plan)
    {
        var schema = new JsonObject();
        var type = TypeOf(plan.Kind);
        if (type is not null)
        {
            var types = new List<string> { type };
            if (plan.Coerces && type != "string")
            {
                types.Add("string");
            }

            if (!plan.Required && plan.NullPolicy == NullPolicy.Allow)
            {
                types.Add(Null);
            }

            schema["type"] = types.Count == 1 ? types[0] : new JsonArray([.. types.Select(t => (JsonNode)t)]);
        }

        AddForm(schema, plan);
        AddChecks(schema, written, plan);
        AddInside(schema, written, plan);
        foreach (var (name, text) in ((string, string?)[])[("x-unit", written.Unit), ("x-entity", written.Entity), ("x-classification", written.Classification)])
        {
            if (text is not null)
            {
                schema[name] = text;
            }
        }

        var words = ((IEnumerable<string?>)[written.Description, plan.Form?.Described, .. plan.Type == ScalarType.Timestamp ? plan.Checks.Select(c => c.Broken.Message) : []]).OfType<string>();
        if (string.Join(". ", words) is { Length: > 0 } description)
        {
            schema["description"] = description;
        }

        return schema;
    }

    private static string? TypeOf(FieldKind kind) => kind switch
    {
        FieldKind.Boolean => "boolean",
        FieldKind.Integer => "integer",
        FieldKind.Number => "number",
        FieldKind.Object or FieldKind.Map => "object",
        FieldKind.Array => "array",
        FieldKind.Any => null,
        _ => "string",
    };

    private static void AddForm(JsonObject schema, FieldPlan plan)
    {
        var format = plan.Kind switch
        {
            FieldKind.Integer => "int64",
            FieldKind.Number => "double",
            FieldKind.Timestamp when plan.Form is null => "date-time",
            FieldKind.Date when plan.Form is null => "date",
            _ => plan.Checks.OfType<TextFormatCheck>().FirstOrDefault()?.Name,
        };
        if (format is not null)
        {
            schema["format"] = format;
        }
    }

    private static void AddChecks(JsonObject schema, FieldDefinition written, FieldPlan plan)
    {
        if (plan.Checks.OfType<PatternCheck>().FirstOrDefault() is { } pattern)
        {
            schema["pattern"] = pattern.Written;
        }

        if (plan.Checks.OfType<MultipleCheck>().FirstOrDefault() is { } multiple)
        {
            schema["multipleOf"] = multiple.Step;
        }

        if (written.Allowed.Count > 0 && plan.Kind is FieldKind.Text or FieldKind.Integer or FieldKind.Number or FieldKind.Boolean)
        {
            var values = written.Allowed.Select(a => Typed(plan.Kind, a.Text!)).ToList();
            schema["enum"] = new JsonArray([.. schema["type"] is JsonArray types && types.Any(t => (string)t! == Null) ? values.Append(null) : values]);
        }

        var range = ValueRange.Of(plan);
        if (plan.Kind is FieldKind.Integer or FieldKind.Number)
        {
            AddBound(schema, range.Least, range.LeastIsOpen ? "exclusiveMinimum" : "minimum");
            AddBound(schema, range.Most, range.MostIsOpen ? "exclusiveMaximum" : "maximum");
        }
        else if (plan.Kind == FieldKind.Text)
        {
            AddBound(schema, range.Least, "minLength");
            AddBound(schema, range.Most, "maxLength");
        }
    }

    private static void AddBound(JsonObject schema, IComparable? bound, string name)
    {
        if (bound is not null)
        {
            schema[name] = bound is double number ? (JsonNode)number : Convert.ToInt64(bound, CultureInfo.InvariantCulture);
        }
    }

    private static JsonNode? Typed(FieldKind kind, string text) => kind switch
    {
        FieldKind.Integer when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole,
        FieldKind.Number when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        FieldKind.Boolean => text == "true",
        _ => text,
    };

    private static void AddInside(JsonObject schema, FieldDefinition written, FieldPlan plan)
    {
        if (plan.Nested is not { } nested)
        {
            return;
        }

        if (nested.Members.Length > 0)
        {
            schema["properties"] = new JsonObject(written.Properties.Zip(nested.Members, (w, p) => KeyValuePair.Create(p.Name, (JsonNode?)Field(w, p))));
            schema["required"] = new JsonArray([.. nested.Members.Where(m => m.Required).Select(m => m.Name).Union(nested.RequiredNames).Select(n => (JsonNode)n)]);
        }

        if (nested.Item is { } item && written.Item is { } each)
        {
            schema[plan.Kind == FieldKind.Array ? "items" : "additionalProperties"] = Field(each, item);
        }

        var (least, most) = plan.Kind == FieldKind.Array ? ("minItems", "maxItems") : ("minProperties", "maxProperties");
        AddBound(schema, nested.LeastCount > 0 ? nested.LeastCount : null, least);
        AddBound(schema, nested.MostCount < long.MaxValue ? nested.MostCount : null, most);
        if (nested.HasUniqueItems)
        {
            schema["uniqueItems"] = true;
        }
    }
}
