using System.Text.Json;

using Flyball.Engine.Problems;

namespace Flyball.Training.XGBoost;

/// <summary>A model as XGBoost saves it in JSON: trees whose leaf values add up, starting from a base.</summary>
public sealed class XGBoostTreeModel
{
    private XGBoostTreeModel(XGBoostObjective objective, float baseScore, int featureCount, IReadOnlyList<string> featureNames, IReadOnlyList<XGBoostTree> trees)
    {
        Outputs = 1;
        OutputOfTree = [];
        Objective = objective;
        BaseScore = baseScore;
        FeatureCount = featureCount;
        FeatureNames = featureNames;
        Trees = trees;
    }

    public XGBoostObjective Objective { get; }

    /// <summary>The score before any tree, on the scale of the score: a probability for <see cref="XGBoostObjective.BinaryLogistic"/>.</summary>
    public float BaseScore { get; }

    /// <summary>Where the sum of the trees starts, in float32 as XGBoost computes it: <c>-log(1 / base - 1)</c>, <c>log(base)</c>, or the base itself.</summary>
    public float BaseMargin => Objective.MarginOf(BaseScore);

    /// <summary>Sums a row: the number of classes, or 1.</summary>
    public int Outputs { get; private init; }

    /// <summary>Which sum each tree adds to; empty when there is one.</summary>
    public IReadOnlyList<int> OutputOfTree { get; private init; }

    /// <summary>Columns of a row.</summary>
    public int FeatureCount { get; }

    /// <summary>As named in training; empty when they were not.</summary>
    public IReadOnlyList<string> FeatureNames { get; }

    public IReadOnlyList<XGBoostTree> Trees { get; }

    /// <summary>Reads the JSON of <c>XGBoosterSaveModelToBuffer</c>, versions 1.3 to 3. Cost: linear in its length.</summary>
    /// <exception cref="FlyballException">
    /// FLY1170: not such a document. FLY1171: a kind of model that is not supported (linear, DART, several targets, categorical splits).
    /// </exception>
    public static XGBoostTreeModel Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement.GetProperty("learner"));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Malformed("The bytes are not an XGBoost model in JSON.", e);
        }
    }

    /// <summary>A model with one sum, made of trees of another library.</summary>
    /// <param name="baseScore">On the scale of the score.</param>
    internal static XGBoostTreeModel Of(XGBoostObjective objective, float baseScore, int featureCount, IReadOnlyList<string> featureNames, IReadOnlyList<XGBoostTree> trees) =>
        new(objective, baseScore, featureCount, featureNames, trees);

    /// <summary>The margin of one row, tree after tree in float32. The naive reading of the model: use it to check faster ones.</summary>
    /// <param name="row">One value a feature; NaN is missing.</param>
    /// <param name="output">Which of the sums.</param>
    public float Margin(ReadOnlySpan<float> row, int output = 0)
    {
        var sum = BaseMargin;
        for (var t = 0; t < Trees.Count; t++)
        {
            if (OutputOfTree.Count > 0 && OutputOfTree[t] != output)
            {
                continue;
            }

            var tree = Trees[t];
            var node = 0;
            while (!tree.IsLeaf(node))
            {
                var value = row[tree.Features[node]];
                var left = float.IsNaN(value) ? tree.DefaultLeft[node] : value < tree.Conditions[node];
                node = left ? tree.Left[node] : tree.Right[node];
            }

            sum += tree.Conditions[node];
        }

        return sum;
    }

    /// <summary>The score of a margin, for one output: the exponential in double, rounded once, and the rest in float32, as the package computes it.</summary>
    internal float ScoreOf(float margin) =>
        Objective == XGBoostObjective.BinaryLogistic ? 1f / ((float)Math.Exp(-(double)margin) + 1f)
        : Objective.HasLogLink() ? (float)Math.Exp(margin)
        : margin;

    private static XGBoostTreeModel Read(JsonElement learner)
    {
        var booster = learner.GetProperty("gradient_booster");
        var kind = booster.GetProperty("name").GetString();
        if (kind != "gbtree")
        {
            throw Unsupported($"a booster of the kind '{kind}'");
        }

        var parameters = learner.GetProperty("learner_model_param");
        if (XGBoostJson.OptionalInteger(parameters, "num_target") > 1)
        {
            throw Unsupported("several targets");
        }

        var name = learner.GetProperty("objective").GetProperty("name").GetString();
        var objective = XGBoostObjectives.Named(name) ?? throw Unsupported($"the objective '{name}'");
        var features = XGBoostJson.OptionalInteger(parameters, "num_feature");
        var baseScore = XGBoostJson.Scalar(parameters.GetProperty("base_score"));
        var goodBase = objective.TakesBase(baseScore);
        if (features < 1 || !goodBase)
        {
            throw Malformed("The model has no features, or a base score outside its range.");
        }

        IReadOnlyList<string> names = learner.TryGetProperty("feature_names", out var named)
            ? [.. named.EnumerateArray().Select(n => n.GetString() ?? "")]
            : [];
        var trees = booster.GetProperty("model").GetProperty("trees").EnumerateArray().Select(t => ReadTree(t, features)).ToArray();
        var outputs = Math.Max(1, XGBoostJson.OptionalInteger(parameters, "num_class"));
        var outputOfTree = outputs > 1 ? XGBoostJson.Integers(booster.GetProperty("model"), "tree_info") : [];
        if (outputs > 1 != (objective == XGBoostObjective.MultiSoftprob) || (outputs > 1 && (outputOfTree.Length != trees.Length || outputOfTree.Any(o => o < 0 || o >= outputs))))
        {
            throw Malformed("The trees do not fit the classes.");
        }

        return new(objective, baseScore, features, names, trees) { Outputs = outputs, OutputOfTree = outputOfTree };
    }

    private static XGBoostTree ReadTree(JsonElement json, int features)
    {
        var left = XGBoostJson.Integers(json, "left_children");
        var right = XGBoostJson.Integers(json, "right_children");
        var columns = XGBoostJson.Integers(json, "split_indices");
        var conditions = XGBoostJson.Floats(json, "split_conditions");
        var defaults = XGBoostJson.Flags(json, "default_left");
        var gains = XGBoostJson.Floats(json, "loss_changes");
        if (json.TryGetProperty("split_type", out _) && XGBoostJson.Integers(json, "split_type").Any(t => t != 0))
        {
            throw Unsupported("categorical splits");
        }

        var nodes = left.Length;
        if (nodes == 0 || right.Length != nodes || columns.Length != nodes || conditions.Length != nodes || defaults.Length != nodes || gains.Length != nodes)
        {
            throw Malformed("A tree has lists of different lengths.");
        }

        var tree = new XGBoostTree(left, right, columns, conditions, defaults, gains);
        var reachable = tree.Reachable() ?? throw Malformed("A tree has links that are no tree.");
        if (reachable.Any(n => !float.IsFinite(conditions[n]) || (!tree.IsLeaf(n) && (columns[n] < 0 || columns[n] >= features))))
        {
            throw Malformed("A tree has a value that is not finite, or splits on a feature that does not exist.");
        }

        return tree;
    }

    private static FlyballException Malformed(string message, Exception? inner = null) =>
        new(new Problem("FLY1170", message, null, "Save it with XGBoost 1.3 or later as JSON."), inner);

    private static FlyballException Unsupported(string what) =>
        new(new Problem("FLY1171", $"The XGBoost model has {what}, which is not supported.", null, $"Use the booster gbtree with one of {string.Join(", ", XGBoostObjectives.Names)}."));
}
