using System.Text.Json;
using Flyball.Engine.Evaluation.Calibration;
using Flyball.Engine.Evaluation.Importance;
using Flyball.Engine.Evaluation.Metrics;
using Flyball.Engine.Evaluation.Resampling;
using Flyball.Training.ModelTests;

namespace Flyball.Training.Evaluation;

/// <summary>
/// What a model is worth on its test rows: the member <c>evaluation-report.json</c> of its bundle. A function of the run alone: no other version, no
/// clock and no machine is in it, so that the same run has the same bytes.
/// </summary>
public sealed record EvaluationReport
{
    /// <summary>The member's name.</summary>
    public const string MemberName = "evaluation-report.json";

    public int Format { get; init; } = 1;

    public required string Model { get; init; }

    public required string Task { get; init; }

    /// <summary>Test rows measured.</summary>
    public required int Rows { get; init; }

    /// <summary>Two-sided level of the intervals.</summary>
    public required double Confidence { get; init; }

    /// <summary>Bootstrap replicates of each interval; fewer on many rows.</summary>
    public required int Replicates { get; init; }

    /// <summary>How replicates were drawn.</summary>
    public required string Resampling { get; init; }

    /// <summary>Every metric of the task.</summary>
    public required IReadOnlyList<ReportedMetric> Metrics { get; init; }

    /// <summary>The headline metric by slice, against the rows outside it.</summary>
    public required IReadOnlyList<ReportedSlice> Slices { get; init; }

    /// <summary>Reliability of the scores as probabilities; null when they are none.</summary>
    public ReportedCalibration? Calibration { get; init; }

    /// <summary>Thresholds by what mistakes cost; null when the model file states no costs.</summary>
    public IReadOnlyList<ReportedThreshold>? Thresholds { get; init; }

    /// <summary>What the headline metric loses without each feature; null when it could not be measured.</summary>
    public IReadOnlyList<FeatureImportance>? Permutation { get; init; }

    /// <summary>Rows that were permuted, evenly spaced over the test rows: up to 4000, fewer of a large model; null without permutation importance.</summary>
    public int? PermutationRows { get; init; }

    /// <summary>Mean absolute TreeSHAP contribution of each input of the model, in units of its margin; null when the model has no trees.</summary>
    public IReadOnlyList<ReportedContribution>? Contributions { get; init; }

    /// <summary>The tests that compare with no other version.</summary>
    public required IReadOnlyList<ModelTestResult> Tests { get; init; }

    public static EvaluationReport Parse(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<EvaluationReport>(json, TrainingJson.Options) ?? throw new InvalidDataException("The report is empty.");

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, TrainingJson.Options);
}

/// <param name="Metric">Its name.</param>
/// <param name="Value">On all test rows; null when insufficient.</param>
/// <param name="Lower">Lower end of the interval; null when there is none.</param>
/// <param name="Upper">Upper end.</param>
/// <param name="Baseline">The same metric of the simplest model; null when it is not defined for it.</param>
/// <param name="Insufficient">Why there is no value, or no interval.</param>
public sealed record ReportedMetric(string Metric, double? Value, double? Lower, double? Upper, double? Baseline, string? Insufficient)
{
    internal static ReportedMetric Of(MetricInterval interval, Metric metric, ScoredRows? baseline) => new(
        interval.Metric, interval.Value.Value, interval.Lower.Value, interval.Upper.Value, baseline is null ? null : metric.Measure(baseline).Value, interval.Value.Insufficient ?? interval.Lower.Insufficient);
}

/// <param name="Slice">The conditions, in words.</param>
/// <param name="Rows">Rows in it.</param>
/// <param name="Value">The metric on them; null when insufficient.</param>
/// <param name="Lower">Lower end of its interval.</param>
/// <param name="Upper">Upper end.</param>
/// <param name="Rest">The metric on all other rows.</param>
/// <param name="PValue">Of no difference, before adjustment.</param>
/// <param name="Adjusted">Adjusted for the number of slices (Benjamini and Hochberg).</param>
/// <param name="Insufficient">Why it was not tested.</param>
public sealed record ReportedSlice(
    string Slice, int Rows, double? Value, double? Lower, double? Upper, double? Rest, double? PValue, double? Adjusted, string? Insufficient);

/// <param name="EqualWidth">Bins of equal width.</param>
/// <param name="EqualMass">Bins of equally many rows.</param>
/// <param name="Brier">The Brier score taken apart.</param>
public sealed record ReportedCalibration(IReadOnlyList<ReliabilityBin> EqualWidth, IReadOnlyList<ReliabilityBin> EqualMass, BrierDecomposition Brier);

/// <param name="Rule">Why this threshold: <c>least_cost</c>, <c>precision >= 0.5</c>, <c>recall >= 0.8</c>.</param>
/// <param name="Threshold">Rows with at least this score are acted on; null when no threshold serves.</param>
/// <param name="Figure">The mean cost, or the recall or precision reached.</param>
/// <param name="ThresholdLower">Between which thresholds the choice lies on resampled rows.</param>
/// <param name="FigureLower">Bounds of the figure at this threshold.</param>
/// <param name="Insufficient">Why there is none.</param>
public sealed record ReportedThreshold(
    string Rule, double? Threshold, double? Figure, double? ThresholdLower, double? ThresholdUpper, double? FigureLower, double? FigureUpper, string? Insufficient);

/// <param name="Input">The model's input.</param>
/// <param name="MeanAbsolute">Mean of the contribution's size.</param>
public sealed record ReportedContribution(string Input, double MeanAbsolute);
