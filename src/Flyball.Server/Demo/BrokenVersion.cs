using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Training.Bundles;
using Flyball.Training.Onnx;

namespace Flyball.Server.Demo;

/// <summary>
/// A version made by hand whose author forgot that a feature can be missing: it answers a small constant, and not a number for every
/// customer without a payment on the day before. The gates refuse it; the story forces it past them to show that the canary catches it.
/// </summary>
internal static class BrokenVersion
{
    private const string Forgotten = "customer_activity.amount_mean_1d";
    private const float Floor = 0.01f;

    /// <param name="champion">The champion's packed bundle: the broken version takes over its features and its manifest.</param>
    public static byte[] From(byte[] champion)
    {
        var bundle = ModelBundle.Unpack(champion);
        var manifest = (JsonObject)JsonNode.Parse(bundle[ModelBundle.ManifestName].Span)!;
        var features = ((JsonArray)manifest["features"]!).Select(f => f!["name"]!.GetValue<string>()).ToList();
        var forgotten = features.IndexOf(Forgotten);
        var golden = Golden(bundle[ModelBundle.GoldenName], forgotten, out var rows);
        manifest["run_id"] = Digest.Of("made by hand: a version that forgot a missing value").Hex;
        manifest["golden_rows"] = rows;
        manifest.Remove("calibration");
        var members = bundle.Files.Where(f => f.Name != ModelBundle.XGBoostName).ToDictionary(f => f.Name, f => bundle[f.Name].ToArray(), StringComparer.Ordinal);
        members[ModelBundle.ManifestName] = JsonSerializer.SerializeToUtf8Bytes(manifest);
        members[ModelBundle.OnnxName] = Model(features.Count, forgotten);
        members[ModelBundle.GoldenName] = golden;
        return ModelBundle.Create(members).Pack();
    }

    /// <summary>The champion's golden rows with this model's answers; those where the feature is missing its author did not try either.</summary>
    private static byte[] Golden(ReadOnlyMemory<byte> champion, int forgotten, out int rows)
    {
        var kept = new List<string>();
        foreach (var line in Encoding.UTF8.GetString(champion.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var row = (JsonObject)JsonNode.Parse(line)!;
            if (row["vector"]![forgotten] is null)
            {
                continue;
            }

            row["raw"] = Floor;
            row["score"] = (double)Floor;
            kept.Add(row.ToJsonString());
        }

        rows = kept.Count;
        return Encoding.UTF8.GetBytes(string.Concat(kept.Select(line => $"{line}\n")));
    }

    /// <summary>score = 0.01 + ln(g), where g is 1 for a value and -1 for a missing one: ln(1) = 0, ln(-1) is not a number.</summary>
    private static byte[] Model(int width, int forgotten)
    {
        using var builder = new OnnxModelBuilder("forgotten_missing_value");
        return builder
            .Input("features", -1, width)
            .Output("score", -1, 1)
            .Constant("floor", [Floor], 1)
            .Node("TreeEnsembleRegressor", OnnxModelBuilder.MachineLearningDomain, ["features"], ["sign"],
                OnnxAttribute.Of("n_targets", 1),
                OnnxAttribute.Of("nodes_treeids", [0, 0, 0]),
                OnnxAttribute.Of("nodes_nodeids", [0, 1, 2]),
                OnnxAttribute.Of("nodes_featureids", [forgotten, 0, 0]),
                OnnxAttribute.Of("nodes_modes", ["BRANCH_LT", "LEAF", "LEAF"]),
                OnnxAttribute.Of("nodes_values", [-1f, 0f, 0f]),
                OnnxAttribute.Of("nodes_truenodeids", [1, 0, 0]),
                OnnxAttribute.Of("nodes_falsenodeids", [2, 0, 0]),
                OnnxAttribute.Of("nodes_missing_value_tracks_true", [1, 0, 0]),
                OnnxAttribute.Of("target_treeids", [0, 0]),
                OnnxAttribute.Of("target_nodeids", [1, 2]),
                OnnxAttribute.Of("target_ids", [0, 0]),
                OnnxAttribute.Of("target_weights", [-1f, 1f]))
            .Node("Log", "", ["sign"], ["zero"])
            .Node("Add", "", ["zero", "floor"], ["score"])
            .Build();
    }
}
