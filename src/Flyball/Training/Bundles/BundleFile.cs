using Flyball.Engine.Identity;

namespace Flyball.Training.Bundles;

/// <summary>One member of a bundle, as its list names it.</summary>
/// <param name="Name">Such as <c>model.onnx</c>.</param>
/// <param name="Sha256">Of its bytes.</param>
/// <param name="Bytes">How many.</param>
public sealed record BundleFile(string Name, Digest Sha256, long Bytes);
