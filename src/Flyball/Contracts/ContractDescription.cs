using System.Text.Json.Nodes;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts;

/// <summary>A contract in force as JSON: what <c>contracts show</c> prints.</summary>
public static class ContractDescription
{
    public static JsonObject Of(ContractPlan plan) => new()
    {
        ["source"] = plan.Source,
        ["id"] = plan.Definition.Id,
        ["version"] = plan.Version,
        ["status"] = plan.Definition.Status,
        ["file"] = plan.Definition.Where.File,
        ["digest"] = plan.Digest.Hex,
        ["eventTime"] = plan.IsTimedByArrival ? null : plan.Schema.Fields[plan.EventTimeIndex].Name,
        ["primaryKey"] = Names(plan, plan.PrimaryKey),
        ["corrections"] = plan.TakesCorrections ? "accept" : "refuse",
        ["unique"] = Names(plan, plan.Unique),
        ["entities"] = new JsonArray([.. plan.Entities.Select(e => (JsonNode)new JsonObject { ["entity"] = e.Entity, ["field"] = e.Field })]),
        ["fields"] = new JsonArray([.. plan.Definition.Fields.Select((f, i) => (JsonNode)Field(f, plan.Fields[i]))]),
        ["relationships"] = new JsonArray([.. plan.Relationships.Select(r => (JsonNode)new JsonObject
        {
            ["fields"] = Names(plan, r.Fields),
            ["source"] = r.TargetSource,
            ["targetFields"] = new JsonArray([.. r.TargetFields.Select(t => (JsonNode)t)]),
        })]),
        ["serviceLevels"] = new JsonArray([.. plan.ServiceLevels.Select(s => (JsonNode)new JsonObject { ["property"] = s.Property, ["length"] = DurationText.Format(s.Micros), ["field"] = s.Field, ["driver"] = s.Driver })]),
    };

    private static JsonArray Names(ContractPlan plan, IEnumerable<int> fields) => new([.. fields.Select(i => (JsonNode)plan.Schema.Fields[i].Name)]);

    private static JsonObject Field(FieldDefinition field, FieldPlan plan)
    {
        var described = new JsonObject
        {
            ["name"] = field.Path,
            ["type"] = field.Kind.ToString().ToLowerInvariant(),
            ["required"] = plan.Required,
            ["rules"] = new JsonArray([.. plan.Checks.Select(c => (JsonNode)c.Broken.Message)]),
        };
        foreach (var (name, text) in ((string, string?)[])[("unit", field.Unit), ("classification", field.Classification), ("form", plan.Form?.Described)])
        {
            if (text is not null)
            {
                described[name] = text;
            }
        }

        if (plan.Nested is { } nested)
        {
            var inner = field.Properties.Zip(nested.Members, Field).ToList();
            if (field.Item is not null && nested.Item is not null)
            {
                inner.Add(Field(field.Item, nested.Item));
            }

            described["fields"] = new JsonArray([.. inner.Select(f => (JsonNode)f)]);
        }

        return described;
    }
}
