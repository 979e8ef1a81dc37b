using System.Globalization;
using Flyball.Engine.Expressions;
using Flyball.Engine.Statistics;
using Flyball.Engine.Time;
using Flyball.Training.Datasets;

namespace Flyball.Training.ModelTests;

/// <summary>Scores the rows of a part, from the request on: features, model, calibration.</summary>
internal delegate Score[] PartScorer(TrainingPart part);

/// <summary>
/// Tries a model on requests.
/// <list type="number">
/// <item>Golden cases are scored at their own instant, under the run's horizon.</item>
/// <item>For an expectation, up to 500 test rows, evenly spaced, are scored as they are and with one column moved; what goes the wrong way by more
/// than the tolerance is a violation.</item>
/// <item>Every figure is a function of the run: the same run finds the same.</item>
/// </list>
/// </summary>
internal sealed class ModelTester(ModelPlan model, TrainingPart test, PartScorer score, KnownAt asOf)
{
    private const int MostRows = 500;

    private readonly TrainingPart sample = EvenlySpaced(test);

    /// <summary>The rows that expectations are tried on.</summary>
    public TrainingPart Sample => sample;

    /// <summary>At most so many rows of a part with their requests, evenly spaced.</summary>
    public static TrainingPart EvenlySpaced(TrainingPart part, int most = MostRows)
    {
        var count = Math.Min(most, part.Rows);
        int[] places = [.. Enumerable.Range(0, count).Select(i => (int)((long)i * part.Rows / count))];
        return Subset(part, [.. places.Select(p => part.Requests![p])], [.. places.Select(p => part.Instants[p])]);
    }

    public IEnumerable<ModelTestResult> Run()
    {
        if (model.Checks.Golden is { } cases)
        {
            yield return Golden(cases);
        }

        foreach (var definition in model.Checks.Tests.Where(t => t.Kind != ModelTestKind.Regression))
        {
            yield return Expectation(definition);
        }
    }

    private ModelTestResult Golden(IReadOnlyList<GoldenCase> cases)
    {
        if (cases.Count == 0)
        {
            return new ModelTestResult("golden_set", null, 0, false, 0, "the golden file has no case");
        }

        var contract = model.Vector.Request;
        var part = Subset(
            test, [.. cases.Select(c => c.Request)], [.. cases.Select(c => contract.EventTimeOf(c.Request, new EventTime(asOf.Micros)))]);
        var scores = score(part);
        var rules = DecisionRules.Compile(model.Definition.Decide, model.Definition.Where, _ => { });
        int[] missed = [.. Enumerable.Range(0, cases.Count).Where(i => !Meets(cases[i], scores[i], rules)).Select(i => cases[i].Line)];
        return new ModelTestResult(
            "golden_set", missed.Length, 0, missed.Length == 0, cases.Count,
            missed.Length == 0
                ? Invariant($"all {cases.Count} golden cases are met")
                : Invariant($"{missed.Length} of {cases.Count} golden cases are missed: line {string.Join(", ", missed.Take(10))}"));
    }

    private static bool Meets(GoldenCase golden, Score found, DecisionRules rules) =>
        found.IsFinite
        && (golden.Prediction is not { } expected || Math.Abs(found.Calibrated - expected) <= golden.Tolerance)
        && (golden.Decision is not { } decision || rules.Decide(found.Calibrated) == decision);

    private ModelTestResult Expectation(ModelTestDefinition definition)
    {
        var column = model.Vector.Request.Schema.IndexOf(definition.Column);
        if (Moved(definition, column) is not { } moved)
        {
            return new ModelTestResult(definition.Name, null, definition.Violations, false, 0, $"{definition.Column} has no two values among the sampled rows");
        }

        // A row without a value is not moved, and says nothing.
        int[] rows = [.. Enumerable.Range(0, sample.Rows).Where(r => !moved[r][column].Equals(sample.Requests![r][column]))];
        var before = score(Subset(sample, [.. rows.Select(r => sample.Requests![r])], [.. rows.Select(r => sample.Instants[r])]));
        var after = score(Subset(sample, [.. rows.Select(r => moved[r])], [.. rows.Select(r => sample.Instants[r])]));
        var wrong = 0;
        double worst = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            var change = after[i].Calibrated - before[i].Calibrated;
            var excess = definition.Expect switch { "same" => Math.Abs(change), "not-lower" => -change, _ => change };

            // NaN is larger than no tolerance: a score that is not finite is a violation of its own.
            var violates = !(excess <= definition.Tolerance);
            wrong += violates ? 1 : 0;
            worst = double.IsFinite(excess) ? Math.Max(worst, excess) : worst;
        }

        var share = rows.Length == 0 ? (double?)null : (double)wrong / rows.Length;
        return new ModelTestResult(
            definition.Name, share, definition.Violations, share <= definition.Violations, rows.Length,
            Invariant($"{wrong} of {rows.Length} rows go the wrong way by more than {definition.Tolerance:0.######}; the worst by {worst:0.######}"));
    }

    /// <summary>The sampled requests with the column moved; null when nothing can be moved.</summary>
    private Value[][]? Moved(ModelTestDefinition definition, int column)
    {
        var values = sample.Requests!.Select(r => r[column]).Where(v => !v.IsNull).ToList();
        if (definition.Kind == ModelTestKind.Change)
        {
            Value[] known = [.. values.Distinct().OrderBy(v => v.ToString(), StringComparer.Ordinal)];
            return known.Length < 2 ? null : Replaced(column, v => known[(Array.IndexOf(known, v) + 1) % known.Length]);
        }

        double[] numbers = [.. values.Select(v => v.TryGetNumber(out var n) ? n : 0)];
        var step = definition.By ?? Math.Sqrt(Moments.Of(numbers).SampleVariance ?? 0);
        var whole = model.Vector.Request.Schema.Fields[column].Type == ScalarType.Integer;
        step = whole ? Math.Max(1, Math.Round(step)) : step;
        var signed = definition.Kind == ModelTestKind.Increase ? step : -step;
        return !(step > 0)
            ? null
            : Replaced(column, v => v.TryGetNumber(out var n) ? whole ? Value.FromInteger((long)(n + signed)) : Value.FromNumber(n + signed) : v);
    }

    private Value[][] Replaced(int column, Func<Value, Value> replace) =>
    [
        .. sample.Requests!.Select(row =>
        {
            var copy = (Value[])row.Clone();
            copy[column] = copy[column].IsNull ? copy[column] : replace(copy[column]);
            return copy;
        }),
    ];

    private static TrainingPart Subset(TrainingPart part, Value[][] requests, EventTime[] instants) =>
        part with { Seq = new long[requests.Length], Instants = instants, Features = [], Labels = new float[requests.Length], Requests = requests };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
