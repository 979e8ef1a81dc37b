using System.Globalization;
using System.Text.Json.Nodes;

using Flyball.Engine.Identity;

namespace Flyball.Training.XGBoost;

/// <summary>Cuts a saved model to its first rounds.</summary>
internal static class XGBoostRounds
{
    /// <summary>
    /// The model that training with fewer rounds would have given: later trees never change earlier ones. Numbers keep
    /// the digits that XGBoost wrote. Canonical JSON, so that its bytes depend on the content alone.
    /// </summary>
    /// <param name="json">Of <c>XGBoosterSaveModelToBuffer</c>.</param>
    /// <param name="rounds">At most as many as the model has.</param>
    /// <param name="treesARound">The number of classes, or 1.</param>
    public static byte[] First(byte[] json, int rounds, int treesARound = 1)
    {
        var kept = rounds * treesARound;
        var root = JsonNode.Parse(json)!;
        var model = root["learner"]!["gradient_booster"]!["model"]!;
        Cut(model["trees"]!.AsArray(), kept);
        Cut(model["tree_info"]!.AsArray(), kept);
        if (model["iteration_indptr"] is JsonArray starts)
        {
            // Since version 2: where each round starts, and the end.
            Cut(starts, rounds + 1);
        }

        model["gbtree_model_param"]!["num_trees"] = kept.ToString(CultureInfo.InvariantCulture);
        return CanonicalJson.Write(root);
    }

    private static void Cut(JsonArray items, int count)
    {
        while (items.Count > count)
        {
            items.RemoveAt(items.Count - 1);
        }
    }
}
