using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Training.Evaluation;

namespace Flyball.Training.Bundles;

/// <summary>
/// <c>model-card.cdx.json</c>: the model card as a CycloneDX 1.6 bill of materials with one component of type <c>machine-learning-model</c>
/// (CycloneDX/specification, bom-1.6.schema.json). No time is in it, and its serial number is made from the run's id: the same run gives the same bytes.
/// </summary>
internal static class CardBom
{
    /// <summary>Canonical JSON.</summary>
    public static byte[] Of(CardFacts facts) => CanonicalJson.Write(new JsonObject
    {
        ["$schema"] = "http://cyclonedx.org/schema/bom-1.6.schema.json",
        ["bomFormat"] = "CycloneDX",
        ["specVersion"] = "1.6",
        ["serialNumber"] = SerialOf(facts.Manifest.RunId),
        ["version"] = 1,
        ["components"] = new JsonArray([Model(facts), .. facts.Tables.Select(Table)]),
        ["dependencies"] = new JsonArray(new JsonObject { ["ref"] = ModelRef(facts), ["dependsOn"] = new JsonArray([.. facts.Tables.Select(t => (JsonNode)TableRef(t))]) }),
    });

    private static JsonObject Model(CardFacts facts)
    {
        var model = new JsonObject
        {
            ["type"] = "machine-learning-model",
            ["bom-ref"] = ModelRef(facts),
            ["name"] = facts.Manifest.Model,
            ["version"] = facts.Manifest.RunId,
            ["hashes"] = new JsonArray(Hash(facts.ModelDigest)),
            ["modelCard"] = new JsonObject
            {
                ["modelParameters"] = Parameters(facts),
                ["quantitativeAnalysis"] = new JsonObject { ["performanceMetrics"] = new JsonArray([.. Metrics(facts.Report)]) },
                ["considerations"] = Considerations(facts),
                ["properties"] = Properties(facts),
            },
        };
        if (facts.Purpose is { } purpose)
        {
            model["description"] = purpose;
        }

        if (facts.Definition.Owner is { } owner)
        {
            model["manufacturer"] = new JsonObject { ["name"] = owner };
        }

        return model;
    }

    private static JsonObject Parameters(CardFacts facts) => new()
    {
        ["approach"] = new JsonObject { ["type"] = "supervised" },
        ["task"] = facts.Manifest.Task,
        ["architectureFamily"] = facts.Definition.Trainer.Kind,
        ["datasets"] = new JsonArray([.. facts.Tables.Select(t => (JsonNode)new JsonObject { ["ref"] = TableRef(t) })]),
        ["inputs"] = new JsonArray([.. facts.Manifest.Inputs.Select(i => (JsonNode)new JsonObject { ["format"] = i })]),
        ["outputs"] = new JsonArray(new JsonObject { ["format"] = "number" }),
    };

    private static IEnumerable<JsonObject> Metrics(EvaluationReport report) =>
        report.Metrics.Where(m => m.Value is not null).Select(m => Metric(m.Metric, null, m.Value, m.Lower, m.Upper))
            .Concat(report.Slices.Where(s => s.Value is not null).Select(s => Metric("headline", s.Slice, s.Value, s.Lower, s.Upper)));

    /// <summary>Figures are texts in this format.</summary>
    private static JsonObject Metric(string type, string? slice, double? value, double? lower, double? upper)
    {
        var metric = new JsonObject { ["type"] = type, ["value"] = Text(value!.Value) };
        if (slice is not null)
        {
            metric["slice"] = slice;
        }

        if (lower is { } low && upper is { } high)
        {
            metric["confidenceInterval"] = new JsonObject { ["lowerBound"] = Text(low), ["upperBound"] = Text(high) };
        }

        return metric;
    }

    private static JsonObject Considerations(CardFacts facts)
    {
        var (card, found) = (facts.Definition.Card, new JsonObject());
        Add("users", card.Users);
        Add("useCases", card.UseCases);
        Add("technicalLimitations", [.. card.Limitations, .. facts.MeasuredLimits]);
        Add("performanceTradeoffs", card.Tradeoffs);
        if (card.Risks.Count > 0)
        {
            found["ethicalConsiderations"] = new JsonArray([.. card.Risks.Select(r => (JsonNode)(r.Mitigation is { } mitigation ? new JsonObject { ["name"] = r.Name, ["mitigationStrategy"] = mitigation } : new JsonObject { ["name"] = r.Name }))]);
        }

        return found;

        void Add(string name, IReadOnlyList<string> texts)
        {
            if (texts.Count > 0)
            {
                found[name] = new JsonArray([.. texts.Select(t => (JsonNode)t)]);
            }
        }
    }

    private static JsonArray Properties(CardFacts facts) => new(
    [
        Property("flyball:risk", facts.Definition.Risk),
        Property("flyball:run", facts.Manifest.RunId),
        .. facts.Manifest.Decide.Select(d => Property($"flyball:decision:{d.Decision}", d.When)),
        .. facts.Manifest.Gates.Select(g => Property("flyball:gate", g)),
        .. facts.Parts.Select(p => Property($"flyball:split:{p.Part}", string.Create(CultureInfo.InvariantCulture, $"{p.From} to {p.To}, {p.Rows} rows"))),
        .. facts.Report.Tests.Select(t => Property($"flyball:test:{t.Test}", t.Ok ? "passed" : "failed")),
    ]);

    private static JsonObject Table(CardTable table) => new()
    {
        ["type"] = "data",
        ["bom-ref"] = TableRef(table),
        ["name"] = table.Table,
        ["version"] = table.Horizon.ToString(CultureInfo.InvariantCulture),
        ["hashes"] = new JsonArray(Hash(table.Digest)),
        ["data"] = new JsonArray(new JsonObject { ["type"] = "dataset", ["name"] = table.Table }),
    };

    private static JsonObject Property(string name, string value) => new() { ["name"] = name, ["value"] = value };

    private static JsonObject Hash(string hex) => new() { ["alg"] = "SHA-256", ["content"] = hex };

    private static string ModelRef(CardFacts facts) => $"model:{facts.Manifest.Model}";

    private static string TableRef(CardTable table) => $"table:{table.Table}";

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A UUID of version 8 (RFC 9562) over the run's id.</summary>
    private static string SerialOf(string runId)
    {
        var bytes = Digest.Of(runId).ToBytes()[..16].ToArray();
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return $"urn:uuid:{new Guid(bytes, bigEndian: true)}";
    }
}
