namespace Flyball.Training.Outside;

/// <summary>A model file that was made elsewhere and takes the trainer's place in a run. It is an ingredient of the run's id.</summary>
/// <param name="Kind">One of <see cref="OutsideKinds"/>.</param>
/// <param name="Path">Where the file stands in the list it came with; for people.</param>
/// <param name="Sha256">Of the file, which is read from the blobs by it.</param>
/// <param name="Columns">The inputs as the file's author named them, in order; null where nothing says.</param>
public sealed record OutsideModel(string Kind, string Path, string Sha256, IReadOnlyList<string>? Columns);
