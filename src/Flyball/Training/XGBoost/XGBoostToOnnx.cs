using System.Text.Json;

using Flyball.Engine.Problems;
using Flyball.Training.Onnx;

namespace Flyball.Training.XGBoost;

/// <summary>Turns an XGBoost model into ONNX with one input <c>features</c> [N, F] and one output <c>score</c> [N, 1], or [N, classes], both float32.</summary>
/// <remarks>
/// <para>1. Each tree becomes a tree of a TreeEnsembleRegressor: below the threshold is true, NaN goes to the default side.</para>
/// <para>2. The base margin becomes a first tree of one leaf, not <c>base_values</c>: ONNX Runtime adds base values last,
/// XGBoost starts with them, and float32 sums depend on the order.</para>
/// <para>3. A link follows for log-odds, spelled out as <c>1 / (1 + exp(-margin))</c>: the operator Sigmoid is an approximation
/// that ends at 1.5e-8 and equals XGBoost's score in four rows of ten; this does in 999 of 1000, for about two microseconds
/// more a call, and differs by one unit in the last place in the others.</para>
/// </remarks>
public static class XGBoostToOnnx
{
    public const string InputName = "features";

    public const string OutputName = "score";

    /// <summary>The key of the feature names, a JSON array, in the model's metadata.</summary>
    public const string FeaturesKey = "flyball.features";

    /// <summary>Converts a model. The same model gives the same bytes. Cost: linear in its nodes.</summary>
    /// <param name="model">With the features below as columns.</param>
    /// <param name="featureNames">One name a column, in order.</param>
    /// <param name="margin">Leaves out the link: the output is the sum of the trees.</param>
    /// <exception cref="FlyballException">FLY1172: the names do not fit the model's columns.</exception>
    public static byte[] Convert(XGBoostTreeModel model, IReadOnlyList<string> featureNames, bool margin = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(featureNames);
        var namedOtherwise = model.FeatureNames.Count > 0 && !model.FeatureNames.SequenceEqual(featureNames, StringComparer.Ordinal);
        if (featureNames.Count != model.FeatureCount || namedOtherwise)
        {
            throw new FlyballException(new Problem(
                "FLY1172",
                $"{featureNames.Count} feature names were given for a model of {model.FeatureCount} features, or in another order.",
                null,
                "Give the names that the model was trained with, in that order."));
        }

        using var builder = new OnnxModelBuilder("xgboost");
        builder.Input(InputName, -1, model.FeatureCount).Output(OutputName, -1, model.Outputs);
        builder.Metadata(FeaturesKey, JsonSerializer.Serialize(featureNames));
        var linked = !margin && (model.Objective is XGBoostObjective.BinaryLogistic or XGBoostObjective.MultiSoftprob || model.Objective.HasLogLink());
        builder.Node(
            "TreeEnsembleRegressor",
            OnnxModelBuilder.MachineLearningDomain,
            [InputName],
            [linked ? "margin" : OutputName],
            new EnsembleColumns(model).ToAttributes());
        if (linked)
        {
            AddLink(builder, model.Objective);
        }

        return builder.Build();
    }

    private static void AddLink(OnnxModelBuilder builder, XGBoostObjective objective)
    {
        if (objective == XGBoostObjective.BinaryLogistic)
        {
            AddLogistic(builder);
        }
        else if (objective == XGBoostObjective.MultiSoftprob)
        {
            builder.Node("Softmax", "", ["margin"], [OutputName], OnnxAttribute.Of("axis", 1));
        }
        else
        {
            // In double, rounded once, as above.
            builder
                .Node("Cast", "", ["margin"], ["margin_double"], OnnxAttribute.Of("to", OnnxModelBuilder.DoubleType))
                .Node("Exp", "", ["margin_double"], ["score_double"])
                .Node("Cast", "", ["score_double"], [OutputName], OnnxAttribute.Of("to", OnnxModelBuilder.FloatType));
        }
    }

    /// <summary>The exponential in double, rounded once: what the C library's float32 one gives. The rest in float32 as XGBoost does.</summary>
    private static void AddLogistic(OnnxModelBuilder builder) => builder
        .Constant("one", [1f], 1)
        .Node("Neg", "", ["margin"], ["negated"])
        .Node("Cast", "", ["negated"], ["negated_double"], OnnxAttribute.Of("to", OnnxModelBuilder.DoubleType))
        .Node("Exp", "", ["negated_double"], ["odds_double"])
        .Node("Cast", "", ["odds_double"], ["odds"], OnnxAttribute.Of("to", OnnxModelBuilder.FloatType))
        .Node("Add", "", ["odds", "one"], ["denominator"])
        .Node("Reciprocal", "", ["denominator"], [OutputName]);

    /// <summary>The ensemble as ONNX wants it: one list a property, over the nodes of all trees.</summary>
    private sealed class EnsembleColumns
    {
        private readonly List<long> treeIds = [];
        private readonly List<long> nodeIds = [];
        private readonly List<long> featureIds = [];
        private readonly List<float> thresholds = [];
        private readonly List<string> modes = [];
        private readonly List<long> whenTrue = [];
        private readonly List<long> whenFalse = [];
        private readonly List<long> missingIsTrue = [];
        private readonly List<long> leafTrees = [];
        private readonly List<long> leafNodes = [];
        private readonly List<float> leafValues = [];
        private readonly List<long> leafOutputs = [];
        private readonly int outputs;

        public EnsembleColumns(XGBoostTreeModel model)
        {
            outputs = model.Outputs;
            for (var o = 0; o < outputs; o++)
            {
                AddLeaf(o, 0, model.BaseMargin, o);
            }

            for (var i = 0; i < model.Trees.Count; i++)
            {
                Add(model.Trees[i], i + outputs, outputs > 1 ? model.OutputOfTree[i] : 0);
            }
        }

        public OnnxAttribute[] ToAttributes() =>
        [
            OnnxAttribute.Of("aggregate_function", "SUM"),
            OnnxAttribute.Of("n_targets", outputs),
            OnnxAttribute.Of("nodes_falsenodeids", whenFalse),
            OnnxAttribute.Of("nodes_featureids", featureIds),
            OnnxAttribute.Of("nodes_missing_value_tracks_true", missingIsTrue),
            OnnxAttribute.Of("nodes_modes", modes),
            OnnxAttribute.Of("nodes_nodeids", nodeIds),
            OnnxAttribute.Of("nodes_treeids", treeIds),
            OnnxAttribute.Of("nodes_truenodeids", whenTrue),
            OnnxAttribute.Of("nodes_values", thresholds),
            OnnxAttribute.Of("post_transform", "NONE"),
            OnnxAttribute.Of("target_ids", leafOutputs),
            OnnxAttribute.Of("target_nodeids", leafNodes),
            OnnxAttribute.Of("target_treeids", leafTrees),
            OnnxAttribute.Of("target_weights", leafValues),
        ];

        private void Add(XGBoostTree tree, int id, int output)
        {
            // Parsing refused trees whose links are no tree.
            foreach (var node in tree.Reachable()!)
            {
                if (tree.IsLeaf(node))
                {
                    AddLeaf(id, node, tree.Conditions[node], output);
                }
                else
                {
                    AddNode(id, node, "BRANCH_LT", tree.Features[node], tree.Conditions[node]);
                    whenTrue.Add(tree.Left[node]);
                    whenFalse.Add(tree.Right[node]);
                    missingIsTrue.Add(tree.DefaultLeft[node] ? 1 : 0);
                }
            }
        }

        private void AddLeaf(int tree, int node, float value, int output)
        {
            AddNode(tree, node, "LEAF", 0, 0f);
            whenTrue.Add(0);
            whenFalse.Add(0);
            missingIsTrue.Add(0);
            leafTrees.Add(tree);
            leafNodes.Add(node);
            leafValues.Add(value);
            leafOutputs.Add(output);
        }

        private void AddNode(int tree, int node, string mode, int feature, float threshold)
        {
            treeIds.Add(tree);
            nodeIds.Add(node);
            modes.Add(mode);
            featureIds.Add(feature);
            thresholds.Add(threshold);
        }
    }
}
