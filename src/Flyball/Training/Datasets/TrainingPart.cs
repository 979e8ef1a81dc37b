using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Training.Splits;

namespace Flyball.Training.Datasets;

/// <summary>Rows of one part of the split, in log order.</summary>
/// <param name="Seq">Log position of the request row.</param>
/// <param name="Features">Inputs of the model: row-major, rows times inputs; NaN is missing.</param>
/// <param name="Labels">0 or 1, the number of a class, or the number to be learned.</param>
/// <param name="Instants">When each row was true: the instant its features are read at.</param>
/// <param name="Requests">The request rows; kept for the test part alone, because slices are cut by them.</param>
public sealed record TrainingPart(string Name, TimeRange? Interval, long[] Seq, EventTime[] Instants, float[] Features, float[] Labels, Value[][]? Requests)
{
    public int Rows => Seq.Length;

    /// <summary>Rows whose label is above one half.</summary>
    public int Positives => Labels.Count(l => l > 0.5f);

    /// <summary>Values of the features as their profiles count them: rows times features; a category is its place among those of the training part.</summary>
    public float[] Profile { get; init; } = Features;

    /// <summary>What each row counts; null for all equal.</summary>
    public float[]? Weights { get; init; }

    /// <summary>Keys of the rows, which name them outside the log.</summary>
    public Value[] Keys { get; init; } = [];

    /// <summary>By which rows stay together; empty unless the split or the task asks for it.</summary>
    public Value[] Groups { get; init; } = [];
}
