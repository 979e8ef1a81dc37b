using Flyball.Engine.Problems;

namespace Flyball.Training.Onnx;

/// <summary>Why a model is refused. Names out of a file are cut and cleaned before they are shown.</summary>
internal static class OnnxProblems
{
    public static Problem TooLarge(long bytes, long limit) =>
        new("FLY1130", $"The model has {bytes} bytes; {limit} are allowed.");

    public static Problem Malformed(string message, string reason) =>
        new("FLY1131", $"{reason} It was seen in {message}.", null, "Export the model again; if it opens elsewhere, report the exporter.");

    public static Problem ExternalTensor(string tensor) =>
        new("FLY1132", $"The tensor {Shown(tensor)} keeps its values in another file.", null, "Save the model with its tensors inside: models are read from one file.");

    public static Problem Operator(string domain, string operation) =>
        new(
            "FLY1133",
            $"The operator {Shown(operation)} of the domain {Shown(domain.Length == 0 ? "ai.onnx" : domain)} is not one of those that a tabular model may use.",
            null,
            "Export the model with standard operators; docs/reference/onnx.md lists them.");

    public static Problem Domain(string domain) =>
        new("FLY1134", $"The model uses operators of the domain {Shown(domain)}; only ai.onnx and ai.onnx.ml are allowed.");

    public static Problem TooMany(string what, long limit) =>
        new("FLY1135", $"The model has more than {limit} {what}.");

    public static Problem Recursion(string function) =>
        new("FLY1136", $"The function {Shown(function)} calls itself, or more functions deep than allowed.");

    public static Problem TensorSize(string tensor, string reason) =>
        new("FLY1137", $"The tensor {Shown(tensor)} {reason}.");

    public static Problem Training() =>
        new("FLY1138", "The model carries training steps, which serving has no use for.", null, "Export it for inference.");

    public static Problem Cycle(string graph) =>
        new("FLY3900", $"In {graph} a node waits for what is made from it.", null, "Export the model again: nodes must come one after the other.");

    public static Problem NotANumber(string tensor) =>
        new("FLY3901", $"{tensor} holds NaN: every score made with it would be none.", null, "Look at what the model learned, and train it again.");

    public static Problem NegativeShape(string graph) =>
        new("FLY3902", $"In {graph} a value is declared with a negative size.", null, "Export the model again; a size that is open has no value.");

    /// <summary>A tensor by its name.</summary>
    public static string Tensor(string name) => $"The tensor {Shown(name)}";

    /// <summary>An attribute of a node.</summary>
    public static string AttributeOf(string name, string operation) => $"The attribute {Shown(name)} of {Shown(operation)}";

    /// <summary>At most 60 printable characters, in quotes.</summary>
    private static string Shown(string name)
    {
        var clean = new string([.. name.Take(60).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)]);
        return name.Length > 60 ? $"'{clean}...'" : $"'{clean}'";
    }
}
