namespace Flyball.Training.Jobs;

/// <summary>What a trainer said beside its model: kept with the trained bundle, no part of it.</summary>
/// <param name="Log">What a program printed; null for trainers of our own.</param>
/// <param name="Reported">What a program says of its model.</param>
internal sealed record TrainerNotes(string? Log, IReadOnlyDictionary<string, double>? Reported)
{
    /// <summary>How a program was shut in; null for trainers of our own.</summary>
    public string? Confinement { get; init; }

    public const string FileName = "trainer.json";
}
