using System.Buffers.Binary;
using Flyball.Training.Onnx;

namespace Flyball.Training.Forests;

/// <summary>
/// Recognises the graphs that this program's trainers and converters write: one TreeEnsembleRegressor with one output, alone or with the operators of a
/// logistic or exponential link behind it, exactly as they stand there. Every other graph, however close, is none: ONNX Runtime runs it.
/// </summary>
internal static class ForestReader
{
    private const string Ensemble = "TreeEnsembleRegressor";

    /// <summary>Operators of a link with their attribute <c>to</c>, 0 where there is none.</summary>
    private static readonly (string Operation, long To)[] Logistic =
        [("Neg", 0), ("Cast", OnnxModelBuilder.DoubleType), ("Exp", 0), ("Cast", OnnxModelBuilder.FloatType), ("Add", 0), ("Reciprocal", 0)];

    private static readonly (string Operation, long To)[] Exponential = [("Cast", OnnxModelBuilder.DoubleType), ("Exp", 0), ("Cast", OnnxModelBuilder.FloatType)];

    /// <param name="model">Accepted by <see cref="OnnxInspector"/>.</param>
    /// <param name="width">Inputs of a row.</param>
    public static Forest? Read(ReadOnlySpan<byte> model, int width)
    {
        var graph = ReadOnlySpan<byte>.Empty;
        var graphs = 0;
        var reader = new ProtoReader(model);
        while (reader.Next())
        {
            if (reader is { Field: OnnxFields.Model.Graph, Wire: WireKind.Bytes })
            {
                graph = reader.Content;
                graphs++;
            }
        }

        return graphs == 1 ? ReadGraph(graph, width) : null;
    }

    private static Forest? ReadGraph(ReadOnlySpan<byte> graph, int width)
    {
        var nodes = new List<ReadNode>();
        var constants = 0;
        var one = false;
        var reader = new ProtoReader(graph);
        while (reader.Next())
        {
            if (reader is { Field: OnnxFields.Graph.Node, Wire: WireKind.Bytes })
            {
                nodes.Add(ReadNode.Of(reader.Content));
            }
            else if (reader is { Field: OnnxFields.Graph.Initializer, Wire: WireKind.Bytes })
            {
                constants++;
                one = IsOne(reader.Content);
            }
        }

        if (nodes is not [{ Operation: Ensemble, Inputs: [XGBoostInput] } ensemble, .. var link] || LinkOf(ensemble, link) is not { } found)
        {
            return null;
        }

        return constants == (found == ForestLink.Logistic ? 1 : 0) && (constants == 0 || one) ? ForestLayout.Of(ensemble.Attributes, width, found) : null;
    }

    private const string XGBoostInput = XGBoost.XGBoostToOnnx.InputName;

    private static ForestLink? LinkOf(ReadNode ensemble, List<ReadNode> link)
    {
        var kind = Matches(link, Logistic) ? ForestLink.Logistic : Matches(link, Exponential) ? ForestLink.Exponential : link.Count == 0 ? ForestLink.None : (ForestLink?)null;
        var value = ensemble.Outputs.Count == 1 ? ensemble.Outputs[0] : null;
        foreach (var node in link)
        {
            // A chain: each takes what the one before made, the addition a constant beside it.
            if (node.Inputs.Count != (node.Operation == "Add" ? 2 : 1) || node.Inputs[0] != value || node.Outputs.Count != 1)
            {
                return null;
            }

            value = node.Outputs[0];
        }

        return kind;
    }

    private static bool Matches(List<ReadNode> link, (string Operation, long To)[] wanted) =>
        link.Count == wanted.Length && link.Zip(wanted).All(p => p.First.Operation == p.Second.Operation && p.First.Attributes.Integer("to") == p.Second.To);

    /// <summary>TensorProto of one float, 1.</summary>
    private static bool IsOne(ReadOnlySpan<byte> tensor)
    {
        var (values, found) = (0, false);
        var reader = new ProtoReader(tensor);
        while (reader.Next())
        {
            if (reader is { Field: OnnxFields.Tensor.FloatData or OnnxFields.Tensor.RawData, Wire: WireKind.Bytes or WireKind.Fixed32, Content.Length: sizeof(float) })
            {
                values++;
                found = BinaryPrimitives.ReadSingleLittleEndian(reader.Content) == 1f;
            }
        }

        return values == 1 && found;
    }

    /// <summary>A node of the graph, with all its attributes.</summary>
    private sealed record ReadNode(OnnxLabelledNode Node, ForestAttributes Attributes)
    {
        public string Operation => Node.Operation;

        public IReadOnlyList<string> Inputs => Node.Inputs;

        public IReadOnlyList<string> Outputs => Node.Outputs;

        public static ReadNode Of(ReadOnlySpan<byte> node)
        {
            var attributes = new ForestAttributes();
            var reader = new ProtoReader(node);
            while (reader.Next())
            {
                if (reader is { Field: OnnxFields.Node.Attribute, Wire: WireKind.Bytes })
                {
                    attributes.Add(reader.Content);
                }
            }

            return new ReadNode(OnnxLabelledNode.Read(node), attributes);
        }
    }
}
