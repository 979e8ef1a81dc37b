using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Contracts;
using Flyball.Contracts.Privacy;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Features;

namespace Flyball.Training.Bundles;

/// <summary><c>signature.json</c>: the fields of a request as the contract has them, the feature vector in order, and what comes out.</summary>
internal static class SignatureDocument
{
    private const string Number = "number";

    /// <summary>Canonical JSON.</summary>
    /// <param name="catalogue">Of the project that the vector was compiled from.</param>
    public static byte[] Of(ModelManifest manifest, ModelPlan model, FeatureCatalogue catalogue)
    {
        var contract = model.Vector.Request;
        return CanonicalJson.Write(new JsonObject
        {
            ["format"] = 1,
            ["model"] = manifest.Model,
            ["task"] = manifest.Task,
            ["request"] = new JsonObject
            {
                ["source"] = contract.Source,
                ["contract"] = contract.Digest.Hex,
                ["version"] = contract.Version,
                ["fields"] = new JsonArray([.. contract.Fields.Select((f, i) => Field(contract, f, i))]),
            },
            ["vector"] = new JsonArray([.. model.Vector.Columns.Select(c => Column(c, manifest, catalogue.Find(c.Name)?.Definition.Unit))]),
            ["output"] = Output(manifest, model),
        });
    }

    /// <summary>The types of the vector's members, read from the document.</summary>
    /// <exception cref="FormatException">It is no such document.</exception>
    public static IReadOnlyList<ScalarType> VectorTypes(ReadOnlyMemory<byte> document)
    {
        try
        {
            using var read = JsonDocument.Parse(document);
            return [.. read.RootElement.GetProperty("vector").EnumerateArray().Select(c => TypeOf(c.GetProperty("type").GetString()))];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException("The signature is not of the expected shape.", e);
        }
    }

    private static JsonObject Field(ContractPlan contract, FieldPlan plan, int index)
    {
        var written = contract.Definition.Fields[index];
        var field = new JsonObject
        {
            ["name"] = plan.Name,
            ["type"] = plan.Kind.ToString().ToLowerInvariant(),
            ["required"] = plan.Required,
            ["null_policy"] = plan.NullPolicy.ToString().ToLowerInvariant(),
            ["privacy"] = plan.Privacy.ToString().ToLowerInvariant(),
            ["key"] = contract.PrimaryKey.Contains(index),
            ["event_time"] = index == contract.EventTimeIndex,
        };
        Add(field, "unit", written.Unit);
        Add(field, "entity", written.Entity);
        Add(field, "classification", written.Classification);
        if (written.Allowed.Count > 0 && Disclosure.IsOpen(written))
        {
            field["allowed"] = new JsonArray([.. written.Allowed.Select(a => (JsonNode?)a.Text)]);
        }

        if (ValueRange.Of(plan) is var range && range != ValueRange.Whole)
        {
            field[plan.Type == ScalarType.Text && plan.Kind != FieldKind.Time ? "length" : "range"] = Range(plan, range);
        }

        return field;
    }

    private static JsonObject Range(FieldPlan plan, ValueRange range)
    {
        var found = new JsonObject();
        if (range.Least is { } least)
        {
            found[range.LeastIsOpen ? "above" : "at_least"] = Bound(plan, least);
        }

        if (range.Most is { } most)
        {
            found[range.MostIsOpen ? "below" : "at_most"] = Bound(plan, most);
        }

        return found;
    }

    private static JsonNode Bound(FieldPlan plan, IComparable bound) => bound switch
    {
        long micros when plan.Type == ScalarType.Timestamp => new EventTime(micros).ToString(),
        long whole => whole,
        double number => number,
        _ => Convert.ToString(bound, CultureInfo.InvariantCulture)!,
    };

    private static JsonObject Column(FeatureColumn column, ModelManifest manifest, string? unit)
    {
        var found = new JsonObject { ["name"] = column.Name, ["type"] = NameOf(column.Type), ["definition"] = column.Definition.Hex, ["null"] = "missing" };
        Add(found, "unit", unit);
        if (manifest.Encodings?.FirstOrDefault(e => e.Feature == column.Name) is { } encoding)
        {
            found["encoding"] = JsonSerializer.SerializeToNode(encoding, TrainingJson.Options);
        }

        return found;
    }

    /// <summary>The answer to a request: of two classes the probability of the positive one, of several the likeliest with the probability of each, else a number in the label's unit.</summary>
    private static JsonObject Output(ModelManifest manifest, ModelPlan model)
    {
        var isProbability = model.Task.IsProbability;
        var output = new JsonObject
        {
            ["name"] = "prediction",
            ["type"] = manifest.Classes is null ? Number : "class",
            ["decisions"] = new JsonArray([.. manifest.Decide.Select(d => (JsonNode)d.Decision)]),
        };
        Add(output, "unit", isProbability ? "probability" : manifest.Classes is null ? model.LabelSource.Definition.Fields[model.LabelValueIndex].Unit : null);
        if (isProbability)
        {
            output["range"] = new JsonObject { ["at_least"] = 0, ["at_most"] = 1 };
        }

        if (manifest.Classes is { } classes)
        {
            output["classes"] = new JsonArray([.. classes.Select(c => (JsonNode)c)]);
        }

        return output;
    }

    private static string NameOf(ScalarType type) => type.ToString().ToLowerInvariant();

    private static ScalarType TypeOf(string? name) =>
        Enum.TryParse<ScalarType>(name, ignoreCase: true, out var type) && NameOf(type) == name ? type : throw new FormatException("The type of a feature is not known.");

    private static void Add(JsonObject to, string name, string? text)
    {
        if (text is not null)
        {
            to[name] = text;
        }
    }
}
