namespace Flyball.Training.Tracking;

/// <summary>A training run of this program, as it appears beside runs that others log.</summary>
/// <param name="RunId">Its identity: a digest. The first 32 digits are its id here; the whole is in the tag <c>flyball.run_id</c>.</param>
/// <param name="Model">The model; its experiment has this name.</param>
/// <param name="Author">Who asked for it.</param>
/// <param name="Status">One of <see cref="RunStatus"/>.</param>
/// <param name="StartMs">When it began.</param>
/// <param name="EndMs">When it ended; null while it runs.</param>
/// <param name="Params">What it was trained with.</param>
/// <param name="Metrics">What came out, finite.</param>
/// <param name="Tags">What else is known, such as the bundle's digest.</param>
public sealed record NativeRun(
    string RunId, string Model, string Author, string Status, long StartMs, long? EndMs,
    IReadOnlyList<KeyText> Params, IReadOnlyDictionary<string, double> Metrics, IReadOnlyList<KeyText> Tags);
