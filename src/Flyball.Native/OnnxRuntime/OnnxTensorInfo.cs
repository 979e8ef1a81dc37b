using System.Globalization;

namespace Flyball.Native.OnnxRuntime;

/// <summary>One input or output of a model.</summary>
/// <param name="Name">As the model names it.</param>
/// <param name="ElementType">Of every element; <see cref="OnnxElementType.None"/> when it is not a tensor.</param>
/// <param name="Dimensions">Its shape; -1 where the model leaves it open. Empty when it is not a tensor.</param>
public sealed record OnnxTensorInfo(string Name, OnnxElementType ElementType, IReadOnlyList<long> Dimensions)
{
    /// <summary>What it is.</summary>
    public OnnxValueKind Kind { get; init; } = OnnxValueKind.Tensor;

    /// <summary>Names of open dimensions, one a dimension; empty where a dimension is fixed or nameless.</summary>
    public IReadOnlyList<string> Symbols { get; init; } = [];

    /// <summary>Type of a map's keys; <see cref="OnnxElementType.None"/> when it is no map.</summary>
    public OnnxElementType KeyType { get; init; }

    /// <summary>What a sequence is a sequence of, or what a map's values are; null for a tensor.</summary>
    public OnnxTensorInfo? Content { get; init; }

    /// <summary>The rows that the model takes at a time: its first dimension; null when it is open, or there is none.</summary>
    public long? FixedRows => Kind == OnnxValueKind.Tensor && Dimensions is [>= 0 and var rows, ..] ? rows : null;

    /// <summary>The name and the type, such as <c>x Float[-1, 3]</c> or <c>p Sequence(Map(Int64, Float[]))</c>.</summary>
    public override string ToString() => $"{Name} {Type}".TrimStart();

    private string Type => Kind switch
    {
        OnnxValueKind.Tensor => $"{ElementType}[{string.Join(", ", Dimensions.Select(d => d.ToString(CultureInfo.InvariantCulture)))}]",
        OnnxValueKind.Sequence => $"Sequence({Content})",
        OnnxValueKind.Map => $"Map({KeyType}, {Content})",
        _ => Kind.ToString(),
    };
}
