using System.Globalization;

namespace Flyball.Training.Onnx;

/// <summary>
/// Writes an ONNX model (ModelProto) of tabular operators. The same calls in the same order give the same bytes:
/// nothing of the machine or the time goes in.
/// </summary>
/// <remarks>IR version 8, ai.onnx 17 and ai.onnx.ml 3: what scikit-learn's and XGBoost's exporters target too.</remarks>
public sealed class OnnxModelBuilder : IDisposable
{
    public const string MachineLearningDomain = "ai.onnx.ml";

    /// <summary>Float32, as TensorProto.DataType numbers element types.</summary>
    public const long FloatType = 1;

    /// <summary>Float64, likewise.</summary>
    public const long DoubleType = 11;

    /// <summary>Int64, likewise.</summary>
    internal const long Int64Type = 7;

    private readonly string graphName;
    private readonly List<ProtoMessage> nodes = [];
    private readonly List<ProtoMessage> initializers = [];
    private readonly List<ProtoMessage> inputs = [];
    private readonly List<ProtoMessage> outputs = [];
    private readonly SortedDictionary<string, string> metadata = new(StringComparer.Ordinal);

    /// <param name="graphName">Not empty; the format asks for one.</param>
    public OnnxModelBuilder(string graphName)
    {
        ArgumentException.ThrowIfNullOrEmpty(graphName);
        this.graphName = graphName;
    }

    /// <summary>A float32 input of the given shape; -1 leaves a dimension open.</summary>
    public OnnxModelBuilder Input(string name, params ReadOnlySpan<long> dimensions)
    {
        inputs.Add(Value(name, FloatType, dimensions));
        return this;
    }

    /// <summary>A float32 output of the given shape; -1 leaves a dimension open.</summary>
    public OnnxModelBuilder Output(string name, params ReadOnlySpan<long> dimensions)
    {
        outputs.Add(Value(name, FloatType, dimensions));
        return this;
    }

    /// <summary>A float32 constant.</summary>
    /// <param name="name">What nodes call it.</param>
    /// <param name="values">Row-major.</param>
    /// <param name="dimensions">Their product is the number of values.</param>
    public OnnxModelBuilder Constant(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> dimensions)
    {
        var tensor = Tensor(name, FloatType, values.Length, dimensions);
        initializers.Add(tensor.Singles(OnnxFields.Tensor.FloatData, values).Text(OnnxFields.Tensor.Name, name));
        return this;
    }

    /// <summary>An int64 constant, such as the shape that Reshape asks for.</summary>
    /// <inheritdoc cref="Constant(string, ReadOnlySpan{float}, ReadOnlySpan{long})"/>
    public OnnxModelBuilder Constant(string name, ReadOnlySpan<long> values, params ReadOnlySpan<long> dimensions)
    {
        var tensor = Tensor(name, Int64Type, values.Length, dimensions);
        initializers.Add(tensor.Integers(OnnxFields.Tensor.Int64Data, values).Text(OnnxFields.Tensor.Name, name));
        return this;
    }

    /// <summary>One operator. Nodes are written in the order of the calls, which must be an order of evaluation.</summary>
    /// <param name="operation">The operator's name, such as <c>Sigmoid</c>.</param>
    /// <param name="domain">Empty for ai.onnx.</param>
    /// <param name="inputNames">Values it reads.</param>
    /// <param name="outputNames">Values it makes.</param>
    /// <param name="attributes">Written in the order given.</param>
    public OnnxModelBuilder Node(
        string operation,
        string domain,
        IReadOnlyList<string> inputNames,
        IReadOnlyList<string> outputNames,
        params ReadOnlySpan<OnnxAttribute> attributes)
    {
        ArgumentNullException.ThrowIfNull(inputNames);
        ArgumentNullException.ThrowIfNull(outputNames);
        var node = new ProtoMessage();
        foreach (var name in inputNames)
        {
            node.Text(OnnxFields.Node.Input, name);
        }

        foreach (var name in outputNames)
        {
            node.Text(OnnxFields.Node.Output, name);
        }

        node.Text(OnnxFields.Node.Name, $"{operation}_{nodes.Count.ToString(CultureInfo.InvariantCulture)}");
        node.Text(OnnxFields.Node.OpType, operation);
        foreach (var attribute in attributes)
        {
            using var written = attribute.Write();
            node.Message(OnnxFields.Node.Attribute, written);
        }

        if (domain.Length > 0)
        {
            node.Text(OnnxFields.Node.Domain, domain);
        }

        nodes.Add(node);
        return this;
    }

    /// <summary>A note that travels with the model and changes nothing about it. Written sorted by key.</summary>
    public OnnxModelBuilder Metadata(string key, string value)
    {
        metadata[key] = value;
        return this;
    }

    /// <summary>The model's bytes. Cost: linear in their number.</summary>
    public byte[] Build()
    {
        using var graph = new ProtoMessage();
        All(graph, OnnxFields.Graph.Node, nodes).Text(OnnxFields.Graph.Name, graphName);
        All(graph, OnnxFields.Graph.Initializer, initializers);
        All(graph, OnnxFields.Graph.Input, inputs);
        All(graph, OnnxFields.Graph.Output, outputs);

        using var model = new ProtoMessage();
        model.Integer(OnnxFields.Model.IrVersion, 8).Text(OnnxFields.Model.ProducerName, "flyball");
        model.Message(OnnxFields.Model.Graph, graph);
        Opset(model, "", 17);
        Opset(model, MachineLearningDomain, 3);
        foreach (var (key, value) in metadata)
        {
            using var entry = new ProtoMessage().Text(OnnxFields.Entry.Key, key).Text(OnnxFields.Entry.Value, value);
            model.Message(OnnxFields.Model.MetadataProps, entry);
        }

        return model.ToArray();
    }

    public void Dispose()
    {
        foreach (var message in nodes.Concat(initializers).Concat(inputs).Concat(outputs))
        {
            message.Dispose();
        }
    }

    private static ProtoMessage All(ProtoMessage target, int field, List<ProtoMessage> messages)
    {
        foreach (var message in messages)
        {
            target.Message(field, message);
        }

        return target;
    }

    private static void Opset(ProtoMessage model, string domain, int version)
    {
        using var opset = new ProtoMessage().Text(OnnxFields.Opset.Domain, domain).Integer(OnnxFields.Opset.Version, version);
        model.Message(OnnxFields.Model.OpsetImport, opset);
    }

    private static ProtoMessage Tensor(string name, long type, int count, ReadOnlySpan<long> dimensions)
    {
        long product = 1;
        foreach (var dimension in dimensions)
        {
            product = checked(product * dimension);
        }

        if (product != count)
        {
            throw new ArgumentException($"{count} values do not fill the shape of the constant '{name}'.", nameof(dimensions));
        }

        var tensor = new ProtoMessage();
        foreach (var dimension in dimensions)
        {
            tensor.Integer(OnnxFields.Tensor.Dims, dimension);
        }

        return tensor.Integer(OnnxFields.Tensor.DataType, type);
    }

    /// <summary>ValueInfoProto { name = 1, type = 2 { tensor_type = 1 { elem_type = 1, shape = 2 { dim = 1 } } } }.</summary>
    internal static ProtoMessage Value(string name, long type, ReadOnlySpan<long> dimensions)
    {
        using var shape = new ProtoMessage();
        foreach (var size in dimensions)
        {
            // A dimension without a value is open; a name for it would tie it to others of that name.
            using var dimension = new ProtoMessage();
            shape.Message(1, size < 0 ? dimension : dimension.Integer(1, size));
        }

        using var tensor = new ProtoMessage().Integer(1, type).Message(2, shape);
        using var typed = new ProtoMessage().Message(1, tensor);
        return new ProtoMessage().Text(1, name).Message(2, typed);
    }
}
