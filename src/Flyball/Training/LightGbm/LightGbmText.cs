using System.Globalization;
using System.Text;
using Flyball.Engine.Problems;
using Flyball.Training.XGBoost;

namespace Flyball.Training.LightGbm;

/// <summary>
/// Reads a model as LightGBM saves it, versions v2 to v4 of its text.
/// <list type="number">
/// <item>A head of <c>name=value</c> lines, then a block of such lines for each tree. Internal nodes and leaves are counted apart; a child below 0 is the leaf of its complement.</item>
/// <item>Left is <c>value &lt;= threshold</c> in double. For a float32 value that is <c>value &lt; next float above the threshold</c>, which other trees here are written with, too.</item>
/// <item>What a tree does otherwise (categories, zero as missing, linear leaves, averages) is refused by name.</item>
/// </list>
/// Source: src/io/tree.cpp and gbdt_model_text.cpp of LightGBM. Cost: linear in the text.
/// </summary>
internal static class LightGbmText
{
    /// <summary>The text in a bundle.</summary>
    public const string MemberName = "lightgbm.txt";

    private const int MostLeaves = 1 << 20;
    private const int Categorical = 1;
    private const int DefaultLeft = 2;
    private const int MissingShift = 2;
    private const int MissingZero = 1;
    private const int MissingNaN = 2;

    /// <exception cref="FlyballException">FLY3394: it is no such text, or holds what is not converted.</exception>
    public static LightGbmModel Parse(byte[] file)
    {
        var blocks = Blocks(Encoding.UTF8.GetString(file));
        var head = blocks[0];
        if (head.ContainsKey("average_output"))
        {
            throw Refused("averages its trees, which is not converted", "Export the model to ONNX.");
        }

        if (Whole(head, "num_class", 1) != 1 || Whole(head, "num_tree_per_iteration", 1) != 1)
        {
            throw Refused("gives several scores, which is not converted", "Export the model to ONNX.");
        }

        var features = Whole(head, "max_feature_idx", -1) + 1;
        string[] names = head.GetValueOrDefault("feature_names", "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (features < 1 || (names.Length > 0 && names.Length != features))
        {
            throw Malformed("names no features, or another number than it splits on");
        }

        var (objective, scale) = ObjectiveOf(head.GetValueOrDefault("objective", ""));
        return new LightGbmModel(objective, scale, features, Given(names), [.. blocks.Skip(1).Select(block => ReadTree(block, features))]);
    }

    /// <summary>The head, and a block for each tree; what follows the trees is importance and parameters.</summary>
    private static List<Dictionary<string, string>> Blocks(string text)
    {
        List<Dictionary<string, string>> blocks = [new(StringComparer.Ordinal)];
        var lines = text.Split('\n');
        if (lines[0].TrimEnd('\r') != "tree")
        {
            throw Malformed("does not begin with the word tree");
        }

        foreach (var line in lines.Skip(1).Select(l => l.TrimEnd('\r')))
        {
            if (line == "end of trees")
            {
                return blocks;
            }

            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (line.StartsWith("Tree=", StringComparison.Ordinal))
            {
                blocks.Add(new(StringComparer.Ordinal));
            }
            else if (line.Length > 0)
            {
                blocks[^1][equals < 0 ? line : line[..equals]] = equals < 0 ? "" : line[(equals + 1)..];
            }
        }

        throw Malformed("breaks off before the end of its trees");
    }

    /// <summary>The names that LightGBM makes up say nothing.</summary>
    private static string[] Given(string[] names) =>
        names.Select((name, i) => name == string.Create(CultureInfo.InvariantCulture, $"Column_{i}")).All(made => made) ? [] : names;

    private static (XGBoostObjective Objective, double Scale) ObjectiveOf(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            ["binary", .. var more] => (XGBoostObjective.BinaryLogistic, more.FirstOrDefault(w => w.StartsWith("sigmoid:", StringComparison.Ordinal)) is { } sigmoid ? Number(sigmoid["sigmoid:".Length..]) : 1),
            ["regression" or "regression_l1" or "huber" or "fair" or "quantile" or "mape", .. var more] when !more.Contains("sqrt") => (XGBoostObjective.SquaredError, 1),
            _ => throw Refused($"has the objective '{(text.Length > 60 ? text[..60] : text)}', which is not converted", "Train binary or regression, or export the model to ONNX."),
        };
    }

    private static LightGbmTree ReadTree(Dictionary<string, string> block, int features)
    {
        var leaves = Whole(block, "num_leaves", 0);
        if (leaves is < 1 or > MostLeaves)
        {
            throw Malformed("has a tree without leaves, or with too many");
        }

        if (Whole(block, "num_cat", 0) != 0 || Whole(block, "is_linear", 0) != 0)
        {
            throw Refused("has a tree that splits on categories, or with linear leaves, which is not converted", "Train on numbers with constant leaves, or export the model to ONNX.");
        }

        var inner = leaves - 1;
        var tree = new LightGbmTree(
            Wholes(block, "split_feature", inner), Numbers(block, "threshold", inner), new bool[inner], Wholes(block, "left_child", inner), Wholes(block, "right_child", inner), Numbers(block, "leaf_value", leaves));
        var decisions = Wholes(block, "decision_type", inner);
        for (var node = 0; node < inner; node++)
        {
            if (tree.Features[node] < 0 || tree.Features[node] >= features || !IsChild(tree.Left[node], node, leaves) || !IsChild(tree.Right[node], node, leaves))
            {
                throw Malformed("has a tree whose links are no tree, or that splits on a feature that does not exist");
            }

            tree.MissingLeft[node] = MissingLeft(decisions[node], tree.Thresholds[node]);
        }

        return tree;
    }

    /// <summary>LightGBM numbers children after their parents: a link back would be a circle.</summary>
    private static bool IsChild(int child, int parent, int leaves) => child >= 0 ? child > parent && child < leaves - 1 : ~child < leaves;

    /// <summary>Where a missing value goes: by default, or as the 0 it stands for.</summary>
    private static bool MissingLeft(int decision, double threshold)
    {
        var (isDefault, natural) = ((decision & DefaultLeft) != 0, 0 <= threshold);
        return (decision & Categorical) != 0 ? throw Refused("splits on categories, which is not converted", "Train on numbers, or export the model to ONNX.")
            : (decision >> MissingShift) switch
            {
                0 => natural,
                MissingNaN => isDefault,
                MissingZero when isDefault == natural => natural,
                MissingZero => throw Refused("takes 0 for a missing value, which is not converted", "Train with zero_as_missing=false."),
                _ => throw Malformed("has a decision of a kind that is not known"),
            };
    }

    private static int Whole(Dictionary<string, string> block, string name, int usual) => !block.TryGetValue(name, out var text) ? usual
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw Malformed($"has no whole number as {name}");

    private static int[] Wholes(Dictionary<string, string> block, string name, int count) => Items(block, name, count, text =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw Malformed($"has no whole numbers as {name}"));

    private static double[] Numbers(Dictionary<string, string> block, string name, int count) => Items(block, name, count, Number);

    private static T[] Items<T>(Dictionary<string, string> block, string name, int count, Func<string, T> read)
    {
        T[] items = [.. block.GetValueOrDefault(name, "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(read)];
        return items.Length == count ? items : throw Malformed($"has a tree with lists of different lengths, in {name}");
    }

    private static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : throw Malformed("has a number that is none");

    private static FlyballException Malformed(string what) => Refused(what, "Save it with Booster.save_model.");

    private static FlyballException Refused(string what, string remedy) => new(new Problem("FLY3394", $"The LightGBM text {what}.", Remedy: remedy));
}
