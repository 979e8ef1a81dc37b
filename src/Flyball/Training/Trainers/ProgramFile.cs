namespace Flyball.Training.Trainers;

/// <summary>A file outside the project folder that a training program consists of.</summary>
/// <param name="Name">As the model file's <c>run</c> has it.</param>
/// <param name="Path">Where it was found.</param>
/// <param name="Sha256">Of its content.</param>
/// <param name="Size">In bytes.</param>
public sealed record ProgramFile(string Name, string Path, string Sha256, long Size);
