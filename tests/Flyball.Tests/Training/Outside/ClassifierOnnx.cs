using Flyball.Tests.Training.Onnx;
using Flyball.Training.Onnx;

namespace Flyball.Tests.Training.Outside;

/// <summary>
/// Classifiers as exporters of scikit-learn write them: one tree whose leaf gives the probability of each class, a label beside the
/// probabilities, and a ZipMap that makes maps of them.
/// </summary>
internal static class ClassifierOnnx
{
    public const float Split = 0.55f;
    public const float Low = 0.2f;
    public const float High = 0.9f;

    private const string Ml = OnnxModelBuilder.MachineLearningDomain;

    /// <summary>The probability of the second class, read by hand.</summary>
    public static float Expected(float value) => value < Split ? Low : High;

    /// <param name="width">Columns of the input.</param>
    /// <param name="column">The one that is looked at.</param>
    /// <param name="classes">Numbers of the classes in the order of the probabilities.</param>
    /// <param name="map">Whether the probabilities become maps.</param>
    public static byte[] Tree(int width, int column, long[]? classes = null, bool map = true, bool withLabel = true, bool withStandardDomain = true)
    {
        classes ??= [0, 1];
        var graph = new Proto()
            .Bytes(1, Node("TreeEnsembleClassifier", ["x"], ["label", "probabilities"],
                OnnxAttribute.Of("class_ids", (long[])[0, 1, 0, 1]),
                OnnxAttribute.Of("class_nodeids", (long[])[1, 1, 2, 2]),
                OnnxAttribute.Of("class_treeids", (long[])[0, 0, 0, 0]),
                OnnxAttribute.Of("class_weights", (float[])[1 - Low, Low, 1 - High, High]),
                OnnxAttribute.Of("classlabels_int64s", classes),
                OnnxAttribute.Of("nodes_falsenodeids", (long[])[2, 0, 0]),
                OnnxAttribute.Of("nodes_featureids", (long[])[column, 0, 0]),
                OnnxAttribute.Of("nodes_missing_value_tracks_true", (long[])[1, 0, 0]),
                OnnxAttribute.Of("nodes_modes", (string[])["BRANCH_LT", "LEAF", "LEAF"]),
                OnnxAttribute.Of("nodes_nodeids", (long[])[0, 1, 2]),
                OnnxAttribute.Of("nodes_treeids", (long[])[0, 0, 0]),
                OnnxAttribute.Of("nodes_truenodeids", (long[])[1, 0, 0]),
                OnnxAttribute.Of("nodes_values", (float[])[Split, 0, 0]),
                OnnxAttribute.Of("post_transform", "NONE")));
        if (map)
        {
            graph.Bytes(1, Node("ZipMap", ["probabilities"], ["maps"], OnnxAttribute.Of("classlabels_int64s", classes)));
        }

        graph.Text(2, "classifier").Bytes(11, Tensor("x", 1, width));
        if (withLabel)
        {
            graph.Bytes(12, Tensor("label", 7, null));
        }

        graph.Bytes(12, map ? Maps("maps") : Tensor("probabilities", 1, 2));
        var model = new Proto().Int(1, 8).Bytes(7, graph).Bytes(8, new Proto().Text(1, Ml).Int(2, 3));
        return withStandardDomain ? model.Bytes(8, new Proto().Text(1, "").Int(2, 17)) : model;
    }

    private static Proto Node(string operation, string[] inputs, string[] outputs, params OnnxAttribute[] attributes)
    {
        var node = new Proto();
        foreach (var name in inputs)
        {
            node.Text(1, name);
        }

        foreach (var name in outputs)
        {
            node.Text(2, name);
        }

        node.Text(4, operation);
        foreach (var attribute in attributes)
        {
            using var written = attribute.Write();
            node.Bytes(5, written.ToArray());
        }

        return node.Text(7, Ml);
    }

    /// <summary>A tensor of any number of rows; without a width, of one dimension.</summary>
    private static Proto Tensor(string name, int element, int? width)
    {
        var shape = new Proto().Bytes(1, new Proto());
        if (width is { } columns)
        {
            shape.Bytes(1, new Proto().Int(1, columns));
        }

        return new Proto().Text(1, name).Bytes(2, new Proto().Bytes(1, new Proto().Int(1, element).Bytes(2, shape)));
    }

    /// <summary>sequence(map(int64, tensor(float))).</summary>
    private static Proto Maps(string name)
    {
        var value = new Proto().Bytes(1, new Proto().Int(1, 1));
        var map = new Proto().Bytes(5, new Proto().Int(1, 7).Bytes(2, value));
        return new Proto().Text(1, name).Bytes(2, new Proto().Bytes(4, new Proto().Bytes(1, map)));
    }
}
