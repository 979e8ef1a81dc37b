namespace Flyball.Training.Jobs;

/// <summary>What a trainer said beside its model: kept with the trained bundle, no part of it.</summary>
/// <param name="Log">What a program printed; null for trainers of our own.</param>
/// <param name="Reported">What a program says of its model.</param>
internal sealed record TrainerNotes(string? Log, IReadOnlyDictionary<string, double>? Reported)
{
    public const string FileName = "trainer.json";
}
