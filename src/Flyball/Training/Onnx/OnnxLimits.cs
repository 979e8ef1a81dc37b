namespace Flyball.Training.Onnx;

/// <summary>How much a model may ask for before anything of it is loaded. The defaults are far above tabular models.</summary>
public sealed record OnnxLimits
{
    /// <summary>Bytes of the file.</summary>
    public long Bytes { get; init; } = 256L << 20;

    /// <summary>Nodes, subgraphs and the bodies of functions at each of their calls included.</summary>
    public int Nodes { get; init; } = 10_000;

    /// <summary>Inputs and outputs of the nodes of one graph, all together.</summary>
    public int Edges { get; init; } = 1_000_000;

    /// <summary>Constant tensors anywhere in the model.</summary>
    public int Tensors { get; init; } = 10_000;

    /// <summary>Elements of one constant tensor.</summary>
    public long TensorElements { get; init; } = 64L << 20;

    /// <summary>Tree nodes of one ensemble.</summary>
    public int TreeNodes { get; init; } = 5_000_000;

    /// <summary>Graphs inside graphs.</summary>
    public int Depth { get; init; } = 8;
}
