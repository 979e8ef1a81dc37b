using Flyball.Engine.Problems;
using Flyball.Engine.Time;

namespace Flyball.Training.Splits;

/// <summary>The boundaries of a split. No instant is in two parts, and the parts are an embargo or more apart.</summary>
public sealed record SplitPlan : IRowSplit
{
    internal SplitPlan(TimeRange train, TimeRange validation, TimeRange test, KnownAt asOf, TimeSplit split)
    {
        var embargo = split.Embargo.Ticks / TimeSpan.TicksPerMicrosecond;
        if (validation.From.Micros - train.Until.Micros < embargo || test.From.Micros - validation.Until.Micros < embargo)
        {
            throw new InvalidOperationException("The parts of a split are closer than its embargo.");
        }

        Train = train;
        Validation = validation;
        Test = test;
        AsOf = asOf;
        Split = split;
    }

    public TimeRange Train { get; }

    public TimeRange Validation { get; }

    public TimeRange Test { get; }

    /// <summary>When the labels were looked at.</summary>
    public KnownAt AsOf { get; }

    public TimeSplit Split { get; }

    /// <summary>What a row of this time is used for.</summary>
    public SplitPart PartOf(EventTime at) =>
        Train.Contains(at) ? SplitPart.Train
        : Validation.Contains(at) ? SplitPart.Validation
        : Test.Contains(at) ? SplitPart.Test
        : SplitPart.None;

    /// <inheritdoc/>
    public SplitPart[] Assign(IReadOnlyList<SplitRow> rows) => [.. rows.Select(r => PartOf(r.At))];

    /// <inheritdoc/>
    public TimeRange? RangeOf(SplitPart part) => part switch
    {
        SplitPart.Train => Train,
        SplitPart.Validation => Validation,
        SplitPart.Test => Test,
        _ => null,
    };

    /// <summary>Counts rows and positives of each part. Cost: one pass.</summary>
    /// <param name="times">One a row.</param>
    /// <param name="labels">One a row; above 0.5 is positive.</param>
    public SplitCounts Count(ReadOnlySpan<EventTime> times, ReadOnlySpan<float> labels)
    {
        if (times.Length != labels.Length)
        {
            throw new ArgumentException("There must be one label a row.", nameof(labels));
        }

        Span<(long Rows, long Positives)> parts = stackalloc (long, long)[4];
        for (var i = 0; i < times.Length; i++)
        {
            ref var part = ref parts[(int)PartOf(times[i])];
            part = (part.Rows + 1, part.Positives + (labels[i] > 0.5f ? 1 : 0));
        }

        return new(
            new(parts[(int)SplitPart.Train].Rows, parts[(int)SplitPart.Train].Positives),
            new(parts[(int)SplitPart.Validation].Rows, parts[(int)SplitPart.Validation].Positives),
            new(parts[(int)SplitPart.Test].Rows, parts[(int)SplitPart.Test].Positives),
            parts[(int)SplitPart.None].Rows);
    }

    /// <summary>What is missing for a result that means something (FLY1142), with the figures; empty when nothing is.</summary>
    /// <param name="counts">Of <see cref="Count"/>.</param>
    /// <param name="minimum">Rows and positives that each part needs; with positives above 0, as many negatives.</param>
    public IReadOnlyList<Problem> Judge(SplitCounts counts, PartCounts minimum)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentNullException.ThrowIfNull(minimum);
        var problems = new List<Problem>();
        Require("train", counts.Train, Train);
        Require("validation", counts.Validation, Validation);
        Require("test", counts.Test, Test);
        return problems;

        void Require(string part, PartCounts seen, TimeRange range)
        {
            if (seen.Rows < minimum.Rows || seen.Positives < minimum.Positives || seen.Rows - seen.Positives < minimum.Positives)
            {
                problems.Add(new(
                    "FLY1142",
                    $"The {part} part {range} has {seen.Rows} rows, {seen.Positives} of them positive; {minimum.Rows} rows with {minimum.Positives} positive and as many negative are needed.",
                    new ProblemLocation(Field: $"split.{part}"),
                    "Lengthen the part, ingest more history, or train at a later time."));
            }
        }
    }
}
