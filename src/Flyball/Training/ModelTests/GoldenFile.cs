using System.Globalization;
using System.Text;
using System.Text.Json;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Projects;

namespace Flyball.Training.ModelTests;

/// <summary>
/// <c>golden/MODEL.jsonl</c>: one JSON object a line, <c>{"request":{…},"prediction":0.05,"tolerance":0.02,"decision":"allow"}</c>, of which
/// prediction with tolerance, or decision, or both are given. Each request passes the contract as it would when served.
/// </summary>
internal static class GoldenFile
{
    private const int MostCases = 10_000;
    private const string Form = "Write {\"request\": {...}, \"prediction\": 0.05, \"tolerance\": 0.02} or {\"request\": {...}, \"decision\": \"allow\"} on each line.";

    public static string PathOf(string model) => $"golden/{model}.jsonl";

    /// <summary>The cases; what cannot be read adds FLY1310 (shape) or FLY1311 (a request that breaks its contract), with the line.</summary>
    public static IReadOnlyList<GoldenCase> Read(ModelPlan model, ReadOnlyMemory<byte> content, ProblemList problems)
    {
        var cases = new List<GoldenCase>();
        var line = 0;
        foreach (var text in Encoding.UTF8.GetString(content.Span).Split('\n'))
        {
            line++;
            if (string.IsNullOrWhiteSpace(text))
            {
                continue;
            }

            var where = new ProblemLocation(PathOf(model.Name), line);
            if (cases.Count == MostCases)
            {
                problems.Add(new Problem("FLY1310", string.Create(CultureInfo.InvariantCulture, $"The file has more than {MostCases} cases."), where, "Keep those that represent the others."));
                break;
            }

            if (One(text, where, model, problems) is { } found)
            {
                cases.Add(found);
            }
        }

        return cases;
    }

    private static GoldenCase? One(string text, ProblemLocation where, ModelPlan model, ProblemList problems)
    {
        var request = model.Vector.Request;
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } root
                || root.EnumerateObject().Any(m => m.Name is not ("request" or "prediction" or "tolerance" or "decision"))
                || !root.TryGetProperty("request", out var asked)
                || asked.ValueKind != JsonValueKind.Object)
            {
                problems.Add(new Problem("FLY1310", "The line is no golden case: it holds a request and what is expected, and nothing else.", where, Form));
                return null;
            }

            var prediction = Number(root, "prediction", out var oddPrediction);
            var tolerance = Number(root, "tolerance", out var oddTolerance);
            var decision = root.TryGetProperty("decision", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString() : null;
            if (oddPrediction || oddTolerance || (prediction is null && decision is null) || prediction is null != tolerance is null || tolerance < 0)
            {
                problems.Add(new Problem("FLY1310", "The line expects nothing that can be compared: a prediction goes with a tolerance of 0 or more, and one of prediction and decision is needed.", where, Form));
                return null;
            }

            var row = new Value[request.Schema.Fields.Count];
            var refused = RowCodec.Of(request).ReadRequest(Encoding.UTF8.GetBytes(asked.GetRawText()), row, model.UnknownColumn);
            foreach (var problem in refused)
            {
                problems.Add(new Problem("FLY1311", $"The request breaks the contract of {request.Source}: {problem.Code} {problem.Message}", where with { Field = problem.Where?.Field }, "Mend the request; it is read as a served one would be."));
            }

            return refused.Count > 0 ? null : new GoldenCase(where.Line!.Value, row, prediction, tolerance ?? 0, decision);
        }
        catch (JsonException)
        {
            problems.Add(new Problem("FLY1310", "The line is no JSON.", where, Form));
            return null;
        }
    }

    private static double? Number(JsonElement root, string name, out bool odd)
    {
        odd = false;
        if (!root.TryGetProperty(name, out var element))
        {
            return null;
        }

        odd = element.ValueKind != JsonValueKind.Number || !element.TryGetDouble(out var number) || !double.IsFinite(number);
        return odd ? null : element.GetDouble();
    }
}
