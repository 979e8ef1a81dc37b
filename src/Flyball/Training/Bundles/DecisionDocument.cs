using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Training.Evaluation;

namespace Flyball.Training.Bundles;

/// <summary><c>decisions.json</c>: from a raw score to a calibrated one to a decision, with the thresholds that costs would choose.</summary>
internal static class DecisionDocument
{
    /// <summary>Canonical JSON.</summary>
    public static byte[] Of(ModelManifest manifest, EvaluationReport report) => CanonicalJson.Write(new JsonObject
    {
        ["format"] = 1,
        ["model"] = manifest.Model,
        ["rules"] = new JsonArray([.. manifest.Decide.Select(d => (JsonNode)new JsonObject { ["decision"] = d.Decision, ["when"] = d.When })]),
        ["calibration"] = Calibration(manifest.Calibrated),
        ["odds_factor"] = manifest.OddsFactor,
        ["thresholds"] = JsonSerializer.SerializeToNode(report.Thresholds, TrainingJson.Options),
    });

    private static JsonObject Calibration(ScoreCalibration calibration)
    {
        var document = new JsonObject { ["method"] = calibration.Name };
        if (calibration.Isotonic is { } isotonic)
        {
            document["knots"] = JsonSerializer.SerializeToNode(isotonic, TrainingJson.Options);
        }
        else if (calibration.Sigmoid is { } sigmoid)
        {
            (document["a"], document["b"]) = (sigmoid.A, sigmoid.B);
        }
        else if (calibration.Temperature is { } scaling)
        {
            document["temperature"] = scaling.Temperature;
        }

        return document;
    }
}
