using System.Globalization;
using Flyball.Engine.Evaluation.Calibration;
using Flyball.Engine.Evaluation.Metrics;
using Flyball.Engine.Evaluation.Resampling;
using Flyball.Engine.Evaluation.Slices;
using Flyball.Engine.Evaluation.Thresholds;
using Flyball.Engine.Expressions;
using Flyball.Training.Jobs;
using Flyball.Training.ModelTests;

namespace Flyball.Training.Evaluation;

/// <summary>
/// Makes the evaluation report of a run from its frozen test rows.
/// <list type="number">
/// <item>All metrics are measured on the same resampled rows, as many times as about four million row visits allow, 99 to 1000.</item>
/// <item>Slices: every open request column with few different values, and the intersections of the model's <c>monitor: groups:</c>.</item>
/// <item>Thresholds, calibration and importance where the task and the model file give what they need.</item>
/// </list>
/// </summary>
internal sealed class EvaluationReporter(ModelPlan model, FrozenEvaluation evaluation, IReadOnlyList<Value[]> requests, ulong seed)
{
    private const int RowVisits = 4_000_000;
    private const int MostSlices = 100;
    private const double Confidence = 0.95;

    private readonly FrozenScores scores = FrozenScores.Of(evaluation);

    // A slice by the label itself would say nothing.
    private string? Unknown => model.UnknownColumn < 0 ? null : model.Vector.Request.Schema.Fields[model.UnknownColumn].Name;

    /// <summary>The metric that slices and importance look at.</summary>
    public Metric Headline => MetricCatalogue.Named(scores.Candidate.Task switch
    {
        PredictionTasks.Binary => "roc_auc",
        PredictionTasks.Multiclass => "log_loss",
        PredictionTasks.Ranking => "ndcg",
        PredictionTasks.Count => "poisson_deviance",
        _ => "rmse",
    });

    public EvaluationReport Report(ImportanceFound? permutation, IReadOnlyList<ReportedContribution>? contributions, IReadOnlyList<ModelTestResult> tests)
    {
        var rows = scores.Candidate;
        var options = new IntervalOptions { Seed = seed, Replicates = Replicates(rows.Count), Confidence = Confidence, Threads = Environment.ProcessorCount };
        var metrics = MetricCatalogue.For(rows.Task);
        var resample = Resample.For(rows, rows.Places);
        var intervals = MetricBootstrap.Intervals(rows, rows.Places, metrics, resample, options);
        return new EvaluationReport
        {
            Model = model.Name,
            Task = evaluation.Task,
            Rows = rows.Count,
            Confidence = Confidence,
            Replicates = options.Replicates,
            Resampling = resample.Name,
            Metrics = [.. intervals.Select((interval, i) => ReportedMetric.Of(interval, metrics[i], scores.Baseline))],
            Slices = Slices(options),
            Calibration = Calibration(rows),
            Thresholds = model.Checks.Costs is { } costs ? Thresholds(costs, options) : null,
            Permutation = permutation?.Features,
            PermutationRows = permutation?.Rows,
            Contributions = contributions,
            Tests = tests,
        };
    }

    private static int Replicates(int rows) => Math.Clamp(RowVisits / Math.Max(rows, 1), 99, 1000);

    private List<ReportedSlice> Slices(IntervalOptions options)
    {
        var names = evaluation.Columns.Keys.Concat(evaluation.Texts?.Keys ?? []).Where(n => n != Unknown).Order(StringComparer.Ordinal);
        var slices = SliceEnumeration.Of([.. names.Select(n => scores.Column(evaluation, n)).OfType<SliceColumn>()], 1, 1, MostSlices).ToList();
        var groups = model.Checks.Groups.Select(n => scores.Column(evaluation, n)).OfType<SliceColumn>().ToList();
        slices.AddRange(SliceEnumeration.Of(groups, SliceEnumeration.DeepestCut, 100, MostSlices).Where(s => s.Conditions.Count > 1));

        // A few replicates are enough for a standard error.
        var by = new SliceOptions { Interval = options with { Replicates = Math.Min(options.Replicates, 199) } };
        return
        [
            .. SliceComparison.Measure(scores.Candidate, Headline, slices.Count > MostSlices ? slices[..MostSlices] : slices, by).Select(m => new ReportedSlice(
                m.Slice.Name, m.Slice.Rows.Count, m.Interval.Value.Value, m.Interval.Lower.Value, m.Interval.Upper.Value, m.Rest.Value, m.PValue, m.Adjusted, m.Insufficient)),
        ];
    }

    private static ReportedCalibration? Calibration(ScoredRows rows)
    {
        bool[] labels = [.. rows.Labels.ToArray().Select(l => l > 0.5)];
        return rows.Task == PredictionTasks.Binary && rows.Unusable is null && BrierDecomposition.Of(rows.Scores, labels, out _) is { } brier
            ? new ReportedCalibration(Reliability.EqualWidth(rows.Scores, labels, out _), Reliability.EqualMass(rows.Scores, labels, out _), brier)
            : null;
    }

    private List<ReportedThreshold> Thresholds(CostDefinition costs, IntervalOptions options)
    {
        var rows = scores.Candidate;
        var found = new List<ReportedThreshold>();
        if (Cost(costs.FalsePositive, costs.FalsePositiveColumn) is { } positive && Cost(costs.FalseNegative, costs.FalseNegativeColumn) is { } negative)
        {
            found.Add(Reported("least_cost", CostThreshold.Least(rows, RowCosts.Of(positive, negative), options, out var reason), reason));
        }
        else
        {
            found.Add(Reported("least_cost", null, "a test row has no cost, or a negative one"));
        }

        if (costs.Precision is { } precision)
        {
            found.Add(Reported(string.Create(CultureInfo.InvariantCulture, $"precision >= {precision}"), CostThreshold.ForPrecision(rows, precision, out var reason), reason));
        }

        if (costs.Recall is { } recall)
        {
            found.Add(Reported(string.Create(CultureInfo.InvariantCulture, $"recall >= {recall}"), CostThreshold.ForRecall(rows, recall, out var reason), reason));
        }

        return found;
    }

    private double[]? Cost(double? number, string? column)
    {
        if (number is { } same)
        {
            return [same];
        }

        // From the requests: the report says means over many rows, also of a column whose values are not frozen.
        var place = model.Vector.Request.Schema.IndexOf(column!);
        double?[] values = [.. scores.Rows.Select(r => requests[r][place].TryGetNumber(out var number) ? number : (double?)null)];
        return values.All(v => v is >= 0 && double.IsFinite(v.Value)) ? [.. values.Select(v => v!.Value)] : null;
    }

    private static ReportedThreshold Reported(string rule, ThresholdChoice? choice, string? insufficient) => new(
        rule, choice?.Threshold, choice?.Figure, choice?.ThresholdBounds?.Lower, choice?.ThresholdBounds?.Upper, choice?.FigureBounds?.Lower, choice?.FigureBounds?.Upper, choice is null ? insufficient : null);
}
