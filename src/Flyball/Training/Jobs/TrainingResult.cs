using Flyball.Training.Datasets;
using Flyball.Training.ModelTests;
using Flyball.Training.Pipeline;

namespace Flyball.Training.Jobs;

/// <summary>What a training child process found: the part of a run that may differ from machine to machine stands here, never in the bundle.</summary>
public sealed record TrainingResult
{
    public required string RunId { get; init; }

    /// <summary>Digest of the bundle.</summary>
    public required string Bundle { get; init; }

    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>Rows and positives of each part.</summary>
    public required IReadOnlyList<PartSummary> Parts { get; init; }

    public required IReadOnlyList<StepSummary> Steps { get; init; }

    /// <summary>99th percentile of features plus model for one row, in microseconds, on the machine that trained.</summary>
    public required double LatencyP99Micros { get; init; }

    /// <summary>The same with several threads at once; null when it was not measured.</summary>
    public LoadLatency? LatencyAtLoad { get; init; }

    /// <summary>Largest difference between XGBoost's own score and the packaged model's.</summary>
    public required double PackagingDifference { get; init; }

    public required double CpuSeconds { get; init; }

    public required long PeakMemoryBytes { get; init; }
}

/// <param name="From">First instant of the part, RFC 3339.</param>
/// <param name="To">End of the part, exclusive.</param>
public sealed record PartSummary(string Part, string From, string To, long Rows, long Positives)
{
    internal static IReadOnlyList<PartSummary> Of(TrainingSet set) =>
        [.. set.Parts.Select(p => new PartSummary(p.Name, p.Interval.From.ToString(), p.Interval.Until.ToString(), p.Rows, p.Positives))];
}
