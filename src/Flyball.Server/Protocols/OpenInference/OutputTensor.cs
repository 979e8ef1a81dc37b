namespace Flyball.Server.Protocols.OpenInference;

/// <summary>One tensor of an answer: its values are in the one list that is of its type.</summary>
/// <param name="Field">What it is.</param>
/// <param name="Rows">Its first dimension.</param>
internal sealed record OutputTensor(OutputField Field, int Rows)
{
    public double[]? Reals { get; init; }

    public long[]? Wholes { get; init; }

    public string[]? Texts { get; init; }

    /// <summary>What goes with it: the classes, as a JSON list, in the order of the probabilities; null for nothing.</summary>
    public string? Classes { get; init; }

    /// <summary>Rows, and the width where there is one.</summary>
    public IReadOnlyList<long> Shape => Field.Width is { } width ? [Rows, width] : [Rows];
}
