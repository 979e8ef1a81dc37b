namespace Flyball.Serving;

/// <summary>What a version did since this process started.</summary>
/// <param name="LastMillis">When it answered last, in milliseconds since 1970; 0 for never.</param>
/// <param name="Rows">Rows it scored; those that were answered from the score cache are not among them.</param>
/// <param name="Calls">Calls of the model: of one row, or of rows of several requests together.</param>
/// <param name="Answered">Requests that were answered, from their arrival to their answer. A request whose rows several versions answered counts with each.</param>
/// <param name="Unanswered">Requests that got no answer, counted at the version that stood for the model.</param>
/// <param name="Queued">What answered requests waited for their turn.</param>
/// <param name="Features">What making the inputs of scored rows took.</param>
/// <param name="Scoring">What scoring them took, for each row: waiting for rows of other requests is part of it.</param>
/// <param name="Cached">Rows that were answered from the score cache.</param>
/// <param name="Batches">Calls by their number of rows, ascending.</param>
public sealed record VersionFigures(
    long LastMillis,
    long Rows,
    long Calls,
    DurationFigure Answered,
    DurationFigure Unanswered,
    DurationFigure Queued,
    DurationFigure Features,
    DurationFigure Scoring,
    DurationFigure Cached,
    IReadOnlyList<BatchFigure> Batches)
{
    /// <summary>Of a version that did nothing.</summary>
    public static VersionFigures None { get; } = new(0, 0, 0, default, default, default, default, default, default, []);
}

/// <param name="Count">How often it happened.</param>
/// <param name="Nanos">What it took in all, in nanoseconds.</param>
public readonly record struct DurationFigure(long Count, long Nanos);

/// <param name="Rows">Rows of each call.</param>
/// <param name="Scoring">The calls.</param>
public readonly record struct BatchFigure(int Rows, DurationFigure Scoring);
