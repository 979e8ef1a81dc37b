using System.Globalization;

namespace Flyball.Native.OnnxRuntime;

/// <summary>One input or output of a model.</summary>
/// <param name="Name">As the model names it.</param>
/// <param name="ElementType">Of every element; <see cref="OnnxElementType.None"/> when it is not a tensor.</param>
/// <param name="Dimensions">Its shape; -1 where the model leaves it open. Empty when it is not a tensor.</param>
public sealed record OnnxTensorInfo(string Name, OnnxElementType ElementType, IReadOnlyList<long> Dimensions)
{
    public override string ToString() =>
        $"{Name} {ElementType}[{string.Join(", ", Dimensions.Select(d => d.ToString(CultureInfo.InvariantCulture)))}]";
}
