using System.Globalization;
using Flyball.Engine.Evaluation;
using Flyball.Engine.Evaluation.Metrics;
using Flyball.Engine.Evaluation.Resampling;
using Flyball.Engine.Expressions;
using Flyball.Registry.Gates;
using Flyball.Training.Jobs;

namespace Flyball.Registry;

/// <summary>
/// Decides a gate on frozen rows.
/// <list type="number">
/// <item>An absolute gate compares the metric, or an end of its 95 % bootstrap interval, on all rows or on a slice of at least 100 rows (5 positives) with its bound.</item>
/// <item>A gate against champion, previous version or baseline compares a one-sided 95 % paired-bootstrap bound of the difference on identical
/// rows with the margin, so that a difference the data cannot tell from a loss does not pass. Without a champion or a version before it there is nothing to say and it passes; without a baseline it fails.</item>
/// <item>A gate on cells holds when it holds in every cell: a version that is worse in one of them passes with at most the chance it would have there alone, so the bounds need no correction for their number (Berger 1982). A row without a value is in the cell of the missing. A cell that is too small fails it.</item>
/// </list>
/// </summary>
internal sealed class RowGate(FrozenEvaluation evaluation, RowSchema request, ulong seed)
{
    private const int LeastRows = 100;
    private const int LeastPositives = 5;
    private const double Alpha = 0.05;
    private const int Replicates = 1000;

    private readonly EvaluatedRows rows = new(evaluation);

    /// <summary>The candidate's scores.</summary>
    public ScoredRows Candidate => rows.Candidate;

    /// <summary>Decides a gate; one against another version keeps which one that was.</summary>
    public GateResult Decide(GateDefinition gate) => gate.Bound.Against switch
    {
        GateReference.Champion => Found(gate) with { Against = new GateRival(VersionStore.ChampionAlias, evaluation.ChampionDigest) },
        GateReference.Previous => Found(gate) with { Against = new GateRival(VersionStore.PreviousAlias, evaluation.PreviousDigest) },
        _ => Found(gate),
    };

    private GateResult Found(GateDefinition gate)
    {
        if (gate.Metric.OfRows is not { } metric)
        {
            return GateResult.Failed(gate, $"the metric {gate.Metric.Name} cannot be measured on frozen rows");
        }

        if (gate.Bound.IsRelative && WithoutOther(gate) is { } decided)
        {
            return decided;
        }

        if (gate.Cells.Count > 0)
        {
            return InCells(gate, metric);
        }

        if (gate.Slice is not { } condition)
        {
            return On(gate, metric, rows.All);
        }

        return rows.Slice(condition, request, out var reason) is not { } slice ? GateResult.Failed(gate, $"the slice could not be cut: {reason}")
            : TooSmall(slice) is { } small ? GateResult.Failed(gate, $"insufficient: the slice holds {small}")
            : On(gate, metric, slice);
    }

    /// <summary>The decision when there is nobody to compare with; null when there is.</summary>
    private GateResult? WithoutOther(GateDefinition gate)
    {
        var (missing, scored) = gate.Bound.Against switch
        {
            GateReference.Champion => (evaluation.ChampionMissing, evaluation.Champion is not null),
            GateReference.Previous => (evaluation.PreviousMissing, evaluation.Previous is not null),
            _ => (evaluation.Baseline is null ? "none was made beside this version" : null, true),
        };
        var who = gate.Bound.Against switch
        {
            GateReference.Champion => "champion",
            GateReference.Previous => "version before the champion",
            _ => "baseline",
        };
        return missing is not null ? GateResult.Failed(gate, $"the {who} could not be compared: {missing}")
            : scored ? null
            : new GateResult(gate.Text, null, null, true, gate.Bound.IsChampion ? "first version, no champion" : "no version came before the champion");
    }

    private GateResult InCells(GateDefinition gate, Metric metric)
    {
        if (rows.Cells(gate.Cells, out var reason) is not { } cells)
        {
            return GateResult.Failed(gate, $"the cells could not be cut: {reason}");
        }

        string[] small = [.. cells.Select(c => (c.Name, Small: TooSmall([.. c.Rows]))).Where(c => c.Small is not null).Select(c => $"{c.Name} ({c.Small})")];
        if (small.Length > 0)
        {
            return GateResult.Failed(gate, Invariant($"insufficient: {small.Length} of {cells.Count} cells are too small: {string.Join("; ", small.Take(5))}"));
        }

        var decided = cells.Select(c => (Cell: c, Result: On(gate, metric, [.. c.Rows]))).ToList();
        var upwards = gate.Comparison is GateComparison.AtLeast or GateComparison.Above;
        var worst = decided.MinBy(d => d.Result.Value is not { } value ? double.NegativeInfinity : upwards ? value : -value);
        return worst.Result with
        {
            Ok = decided.All(d => d.Result.Ok),
            Detail = Invariant($"{decided.Count(d => d.Result.Ok)} of {cells.Count} cells hold; the worst, {worst.Cell.Name}: {worst.Result.Detail}"),
        };
    }

    private GateResult On(GateDefinition gate, Metric metric, int[] chosen) =>
        gate.Bound.IsRelative ? AgainstOther(gate, metric, chosen)
        : gate.Edge == GateEdge.Figure ? Absolute(gate, metric, chosen)
        : OfInterval(gate, metric, chosen);

    private GateResult Absolute(GateDefinition gate, Metric metric, int[] chosen)
    {
        var measured = metric.Measure(rows.Candidate, chosen);
        return measured.Value is { } value
            ? GateResult.Compared(gate, value, Invariant($"{value:0.######} on {chosen.Length} rows, bound {gate.Bound.Value:0.######}"))
            : GateResult.Failed(gate, $"insufficient: {measured.Insufficient}");
    }

    private GateResult OfInterval(GateDefinition gate, Metric metric, int[] chosen)
    {
        var options = new IntervalOptions { Seed = seed, Replicates = Replicates };
        var found = MetricBootstrap.Intervals(rows.Candidate, chosen, [metric], Resample.For(rows.Candidate, chosen), options)[0];
        var end = gate.Edge == GateEdge.Lower ? found.Lower : found.Upper;
        return end.Value is { } value
            ? GateResult.Compared(gate, value, Invariant($"{found.Value.Value:0.######}, 95 % interval {found.Lower.Value:0.######} to {found.Upper.Value:0.######} on {chosen.Length} rows, bound {gate.Bound.Value:0.######}"))
            : GateResult.Failed(gate, $"insufficient: {end.Insufficient}");
    }

    private GateResult AgainstOther(GateDefinition gate, Metric metric, int[] chosen)
    {
        var who = gate.Bound.Against.ToString().ToLowerInvariant();
        if (rows.Against(gate.Bound.Against) is not { } other)
        {
            return GateResult.Failed(gate, $"the {who} has no finite score on some of the rows");
        }

        var options = new BootstrapOptions { Seed = seed, Replicates = Replicates, Alpha = Alpha };
        var found = PairedComparison.Compare(other, rows.Candidate, chosen, metric, options);

        // At least: the difference must not fall below the margin, so its lower bound decides. At most: the upper one.
        var decisive = gate.Comparison is GateComparison.AtLeast or GateComparison.Above ? found.LowerBound : found.UpperBound;
        return decisive.Value is { } bound
            ? GateResult.Compared(gate, bound, Invariant(
                $"candidate {found.Candidate.Value:0.######}, {who} {found.Champion.Value:0.######} on {chosen.Length} rows; 95 % bound of the difference {bound:0.######}, margin {gate.Bound.Value:0.######}"))
            : GateResult.Failed(gate, $"insufficient: {decisive.Insufficient}");
    }

    private string? TooSmall(int[] chosen)
    {
        if (rows.Candidate.Task != PredictionTasks.Binary)
        {
            return chosen.Length >= LeastRows ? null : Invariant($"{chosen.Length} rows, at least {LeastRows} are needed");
        }

        var positives = chosen.Count(place => rows.Candidate.Labels[place] > 0.5);
        return chosen.Length >= LeastRows && positives >= LeastPositives
            ? null
            : Invariant($"{chosen.Length} rows with {positives} positives, at least {LeastRows} with {LeastPositives} are needed");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
