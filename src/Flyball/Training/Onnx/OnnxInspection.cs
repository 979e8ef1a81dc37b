using Flyball.Engine.Problems;

namespace Flyball.Training.Onnx;

/// <summary>What was seen in a model without loading it.</summary>
/// <param name="Problems">Why it is refused; empty when it may be loaded.</param>
/// <param name="Operators">The operators used, as <c>domain:name</c>, sorted.</param>
/// <param name="Nodes">With the bodies of functions at each call.</param>
/// <param name="TreeNodes">Of all ensembles.</param>
public sealed record OnnxInspection(IReadOnlyList<Problem> Problems, IReadOnlyList<string> Operators, long Nodes, long TreeNodes)
{
    public bool IsAccepted => Problems.Count == 0;
}
