using System.Text.Json.Nodes;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Engine.Profiles;
using Flyball.Features;
using Flyball.Training.Datasets;

namespace Flyball.Training.Bundles;

/// <summary>
/// <c>reference-profile.json</c>: the profile of every feature and of the score over the validation and test rows, in the form that merges with
/// profiles of other rows of the same columns. A category is its place among those of its encoding. A feature whose values stay in the log is opaque.
/// </summary>
internal static class ProfileDocument
{
    public const string ScoreColumn = "score";

    /// <summary>Canonical JSON.</summary>
    /// <param name="parts">The reference rows with their calibrated scores.</param>
    public static byte[] Of(ModelPlan model, FeatureDisclosure disclosure, IReadOnlyList<(TrainingPart Part, double[] Scores)> parts)
    {
        var profile = new TableProfile(model.Vector.Columns.Select(c => new ProfiledColumn(c.Name, ScalarType.Number, !disclosure.IsOpen(c.Name))).Append(new ProfiledColumn(ScoreColumn, ScalarType.Number)));
        var width = model.Vector.Columns.Count;
        foreach (var (part, scores) in parts)
        {
            profile.Add(part.Rows, (r, c) => Number(c < width ? part.Profile[(r * width) + c] : scores[r]), Environment.ProcessorCount);
        }

        return CanonicalJson.Write(new JsonObject
        {
            ["format"] = 1,
            ["model"] = model.Name,
            ["parts"] = new JsonArray([.. parts.Select(p => (JsonNode)p.Part.Name)]),
            ["rows"] = profile.Rows,
            ["profile"] = profile.ToJson(),
        });
    }

    private static Value Number(double value) => double.IsFinite(value) ? Value.FromNumber(value) : Value.Null;
}
