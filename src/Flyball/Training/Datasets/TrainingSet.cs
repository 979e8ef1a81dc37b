using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Training.Splits;

namespace Flyball.Training.Datasets;

/// <summary>Rows of one part of the split, in log order.</summary>
/// <param name="Seq">Log position of the request row.</param>
/// <param name="Features">Row-major, rows times features; NaN is missing.</param>
/// <param name="Labels">0 or 1.</param>
/// <param name="Instants">When each row was true: the instant its features are read at.</param>
/// <param name="Requests">The request rows; kept for the test part alone, because slices are cut by them.</param>
public sealed record TrainingPart(string Name, TimeRange Interval, long[] Seq, EventTime[] Instants, float[] Features, float[] Labels, Value[][]? Requests)
{
    public int Rows => Seq.Length;

    public int Positives => Labels.Count(l => l > 0.5f);
}

/// <summary>A training set: three parts of one spine, each row's features read at its own instant under one horizon.</summary>
public sealed record TrainingSet(TrainingPart Train, TrainingPart Validation, TrainingPart Test)
{
    public IEnumerable<TrainingPart> Parts => [Train, Validation, Test];
}
