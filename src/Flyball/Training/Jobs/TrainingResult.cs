using Flyball.Training.Datasets;
using Flyball.Training.Leakage;
using Flyball.Training.ModelTests;
using Flyball.Training.Pipeline;
using Flyball.Training.Splits;

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

    /// <summary>How the rows were divided, and what was asserted of it.</summary>
    public SplitSummary? Split { get; init; }

    /// <summary>The simplest model, judged on the same test rows.</summary>
    public BaselineSummary? Baseline { get; init; }

    /// <summary>What the leakage check said of features that look like the label.</summary>
    public IReadOnlyList<LeakageFinding>? Leakage { get; init; }

    /// <summary>The model and the baseline from earlier origins, the latest first.</summary>
    public IReadOnlyList<BacktestSummary>? Backtests { get; init; }

    /// <summary>What a training program printed, in part when that is long; null for trainers of our own.</summary>
    public string? TrainerLog { get; init; }

    /// <summary>How a training program was shut in: <c>none</c>, or <c>landlock-</c> and the kernel's version of it; null for trainers of our own.</summary>
    public string? Confinement { get; init; }

    /// <summary>What a training program says of its model; looked at by no gate.</summary>
    public IReadOnlyDictionary<string, double>? Reported { get; init; }

    public required IReadOnlyList<StepSummary> Steps { get; init; }

    /// <summary>99th percentile of features plus model for one row, in microseconds, on the machine that trained.</summary>
    public required double LatencyP99Micros { get; init; }

    /// <summary>All that was measured of one row at a time; null in a result of a program that kept the 99th percentile alone.</summary>
    public RowLatency? Latency { get; init; }

    /// <summary>The same with several threads at once; null when it was not measured.</summary>
    public LoadLatency? LatencyAtLoad { get; init; }

    /// <summary>Largest difference between XGBoost's own score and the packaged model's.</summary>
    public required double PackagingDifference { get; init; }

    public required double CpuSeconds { get; init; }

    public required long PeakMemoryBytes { get; init; }
}

/// <param name="From">First instant of the part, RFC 3339.</param>
/// <param name="To">End of the part, exclusive; of a split that is not by time the last instant of a row.</param>
/// <param name="Rows">Rows of the part.</param>
/// <param name="Positives">Rows whose label is above one half.</param>
public sealed record PartSummary(string Part, string From, string To, long Rows, long Positives)
{
    internal static IReadOnlyList<PartSummary> Of(TrainingSet set) =>
        [.. set.Parts.Select(p => new PartSummary(p.Name, (p.Interval?.From ?? p.Instants.Min()).ToString(), (p.Interval?.Until ?? p.Instants.Max()).ToString(), p.Rows, p.Positives))];
}

/// <param name="Kind">Which simplest model.</param>
/// <param name="Metrics">On the test rows.</param>
public sealed record BaselineSummary(string Kind, IReadOnlyDictionary<string, double> Metrics);

/// <param name="From">First instant of the origin's test part.</param>
/// <param name="To">Its end, exclusive.</param>
/// <param name="Rows">Rows judged.</param>
/// <param name="Metrics">Of a model trained on what came before.</param>
/// <param name="Baseline">Of the baseline on the same rows.</param>
public sealed record BacktestSummary(string From, string To, long Rows, IReadOnlyDictionary<string, double> Metrics, IReadOnlyDictionary<string, double> Baseline);
