using System.Text.Json.Nodes;
using Flyball.Contracts;
using Flyball.Serving.Degradation;
using Flyball.Training;

namespace Flyball.Serving;

/// <summary>The interface of one deployed model as an OpenAPI 3.1 document, made from the contract of its requests.</summary>
public static class ModelDescription
{
    private const string Json = "application/json";

    /// <param name="plan">The model's traffic plan; its champion is described.</param>
    /// <param name="answers">Which scores may be handed out.</param>
    public static JsonObject Of(TrafficPlan plan, AnswerRange answers = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var version = plan.Champion;
        var request = RequestOf(plan);
        var example = ExampleOf(version);
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = plan.Model, ["version"] = FormattableString.Invariant($"{version.Version}"), ["description"] = $"Predictions of {plan.Model} for rows of {version.Vector.Request.Source}." },
            ["paths"] = new JsonObject { [$"/v1/models/{plan.Model}/predict"] = new JsonObject { ["post"] = Predict(plan.Model, example) } },
            ["components"] = new JsonObject
            {
                ["schemas"] = new JsonObject
                {
                    ["Request"] = request,
                    ["Requests"] = new JsonObject
                    {
                        ["type"] = "object",
                        ["properties"] = new JsonObject { ["instances"] = new JsonObject { ["type"] = "array", ["items"] = Reference("schemas", "Request"), ["minItems"] = 1, ["maxItems"] = 1000 } },
                        ["required"] = new JsonArray("instances"),
                        ["additionalProperties"] = false,
                    },
                    ["Answer"] = Answer(version, answers),
                    ["Answers"] = new JsonObject
                    {
                        ["type"] = "object",
                        ["properties"] = new JsonObject { ["predictions"] = new JsonObject { ["type"] = "array", ["items"] = Reference("schemas", "Answer") } },
                        ["required"] = new JsonArray("predictions"),
                    },
                    ["Problem"] = Problem(),
                },
                ["responses"] = new JsonObject
                {
                    ["Problem"] = new JsonObject
                    {
                        ["description"] = "Why there is no prediction",
                        ["content"] = new JsonObject { ["application/problem+json"] = new JsonObject { ["schema"] = Reference("schemas", "Problem") } },
                    },
                },
                ["securitySchemes"] = new JsonObject { ["key"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" } },
            },
        };
    }

    private static JsonObject RequestOf(TrafficPlan plan)
    {
        var schema = ContractSchema.Of(plan.Champion.Vector.Request, plan.Champion.UnknownColumn);
        var required = schema["required"]!.AsArray();
        foreach (var (field, value) in plan.Requests.Stands.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            required.Remove(required.FirstOrDefault(r => (string)r! == field));
            if (schema["properties"]![field] is JsonObject member)
            {
                member["default"] = ValueJson.Of(value);
            }
        }

        schema["additionalProperties"] = plan.Requests.IgnoresUnknown;
        return schema;
    }

    private static JsonObject Predict(string model, JsonObject example)
    {
        var responses = new JsonObject
        {
            ["200"] = new JsonObject
            {
                ["description"] = "A prediction, or one for each instance in their order",
                ["content"] = new JsonObject { [Json] = new JsonObject { ["schema"] = OneOf("Answer", "Answers") } },
            },
        };
        foreach (var status in (string[])["400", "401", "403", "404", "413", "415", "422", "503", "504"])
        {
            responses[status] = Reference("responses", "Problem");
        }

        return new JsonObject
        {
            ["operationId"] = "predict",
            ["summary"] = $"Predict with {model}",
            ["security"] = new JsonArray(new JsonObject(), new JsonObject { ["key"] = new JsonArray() }),
            ["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = new JsonObject
                {
                    [Json] = new JsonObject
                    {
                        ["schema"] = OneOf("Request", "Requests"),
                        ["examples"] = new JsonObject
                        {
                            ["one"] = new JsonObject { ["value"] = example },
                            ["several"] = new JsonObject { ["value"] = new JsonObject { ["instances"] = new JsonArray(example.DeepClone()) } },
                        },
                    },
                },
            },
            ["responses"] = responses,
        };
    }

    private static JsonObject Answer(ServedVersion version, AnswerRange range)
    {
        var manifest = version.Scorer.Manifest;
        var members = new JsonObject
        {
            ["request_id"] = Type("string"),
            ["model"] = Type("string"),
            ["version"] = Type("integer"),
            ["digest"] = Type("string"),
            ["prediction"] = manifest.Classes is { } classes
                ? new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "string", ["enum"] = Texts(classes) }, Type("number")) }
                : Ranged(range, manifest),
            ["rung"] = Type("string"),
            ["features"] = Type("string"),
            ["arm"] = Type("string"),
            ["defaulted"] = new JsonObject { ["type"] = "array", ["items"] = Type("string") },
            ["horizon"] = Type("integer"),
        };
        if (manifest.Classes is not null)
        {
            members["probabilities"] = new JsonObject { ["type"] = "object", ["additionalProperties"] = Type("number") };
        }

        if (version.Rules.Decisions.Any())
        {
            members["decision"] = new JsonObject { ["type"] = "string", ["enum"] = Texts(version.Rules.Decisions) };
        }

        return new JsonObject { ["type"] = "object", ["properties"] = members, ["required"] = new JsonArray("request_id", "model", "version", "digest", "prediction", "rung", "horizon") };
    }

    /// <summary>A number between the bounds outside of which nothing is handed out.</summary>
    private static JsonObject Ranged(AnswerRange range, ModelManifest manifest)
    {
        var number = Type("number");
        var isProbability = AnswerRange.IsProbability(manifest);
        if ((isProbability ? Math.Max(0, range.Minimum ?? 0) : range.Minimum) is { } minimum)
        {
            number["minimum"] = minimum;
        }

        if ((isProbability ? Math.Min(1, range.Maximum ?? 1) : range.Maximum) is { } maximum)
        {
            number["maximum"] = maximum;
        }

        return number;
    }

    private static JsonObject Problem() => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["type"] = Type("string"),
            ["title"] = Type("string"),
            ["status"] = Type("integer"),
            ["detail"] = Type("string"),
            ["code"] = Type("string"),
            ["errors"] = new JsonObject { ["type"] = "array", ["items"] = Type("object") },
        },
        ["required"] = new JsonArray("type", "title", "status", "detail", "code", "errors"),
    };

    /// <summary>A row with every required field; a pattern or format that a value has to meet is not made up.</summary>
    private static JsonObject ExampleOf(ServedVersion version)
    {
        var contract = version.Vector.Request;
        var schema = ContractSchema.Of(contract, version.UnknownColumn);
        var row = new JsonObject();
        for (var i = 0; i < contract.Definition.Fields.Count; i++)
        {
            var field = contract.Definition.Fields[i];
            if (field.Required && i != version.UnknownColumn)
            {
                row[field.Name] = ExampleOf(field.Kind, schema["properties"]![field.Name]!.AsObject());
            }
        }

        return row;
    }

    private static JsonNode? ExampleOf(FieldKind kind, JsonObject schema) => schema["enum"] is JsonArray { Count: > 0 } allowed
        ? allowed[0]?.DeepClone()
        : kind switch
        {
            FieldKind.Boolean => true,
            FieldKind.Integer => schema["minimum"]?.GetValue<long>() ?? Math.Min(1, schema["maximum"]?.GetValue<long>() ?? 1),
            FieldKind.Number => schema["minimum"]?.GetValue<double>() ?? (schema["exclusiveMinimum"]?.GetValue<double>() + 1) ?? Math.Min(1, schema["maximum"]?.GetValue<double>() ?? 1),
            FieldKind.Timestamp => "2026-01-31T13:45:00Z",
            FieldKind.Date => "2026-01-31",
            FieldKind.Time => "13:45:00",
            FieldKind.Object or FieldKind.Map => new JsonObject(),
            FieldKind.Array => new JsonArray(),
            _ => new string('a', (int)(schema["minLength"]?.GetValue<long>() ?? 1)),
        };

    private static JsonObject Type(string name) => new() { ["type"] = name };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);

    private static JsonObject Reference(string section, string name) => new() { ["$ref"] = $"#/components/{section}/{name}" };

    private static JsonObject OneOf(params ReadOnlySpan<string> names)
    {
        var schemas = new JsonArray();
        foreach (var name in names)
        {
            schemas.Add((JsonNode)Reference("schemas", name));
        }

        return new JsonObject { ["oneOf"] = schemas };
    }
}
