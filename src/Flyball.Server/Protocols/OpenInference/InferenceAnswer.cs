namespace Flyball.Server.Protocols.OpenInference;

/// <summary>An answer, whatever way it goes.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Version">Who answered; null when rows were answered by several.</param>
/// <param name="Digest">Of its bundle; null with <paramref name="Version"/>.</param>
/// <param name="Id">The request's.</param>
/// <param name="Outputs">What was asked for, in its order.</param>
internal sealed record InferenceAnswer(string Model, string? Version, string? Digest, string? Id, IReadOnlyList<OutputTensor> Outputs)
{
    /// <summary>Fields that took their declared values in any of the rows, with commas between them; null for none.</summary>
    public string? Defaulted { get; init; }
}
