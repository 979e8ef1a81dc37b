using System.Globalization;
using Flyball.Engine.Expressions;
using Flyball.Training.Datasets;
using Flyball.Training.Encodings;

namespace Flyball.Training.Leakage;

/// <summary>
/// Looks for features that know the label, before anything is trained.
/// <list type="number">
/// <item>Strength: one feature alone tells the labels of the training part, their order, or their classes nearly without error.</item>
/// <item>Identity: a column of the request that a feature reads is the label, or adds up to it with another column, in nearly every row.</item>
/// <item>Part: a column of whole numbers is never above the label, sometimes equal to it, and goes with it: a part of the total that is asked for.</item>
/// <item>Duplicates: half of the test rows or more stand in the training part too, inputs and label alike.</item>
/// </list>
/// A feature that is computed from the label's own column does not come so far: the project is refused. Cost: at most 20,000 rows a feature are looked at.
/// </summary>
internal sealed class LeakageCheck(ModelPlan model, TrainingSet set)
{
    /// <summary>Area under the ROC curve, for two classes.</summary>
    public const double MostArea = 0.99;

    /// <summary>R2, or the explained share of the entropy of classes.</summary>
    public const double MostExplained = 0.98;

    /// <summary>R2 of the labels' ranks, or the share of errors that are gone: a label that a feature nearly determines.</summary>
    public const double MostDetermined = 0.99;

    private const double NearlyAll = 0.999;
    private const double MostDuplicates = 0.5;
    private const int LeastColumns = 5;
    private const int LeastValues = 20;
    private const double LeastCorrelation = 0.5;
    private const int MostRows = 20_000;

    public IReadOnlyList<LeakageFinding> Run(TrainingSetBuilder builder)
    {
        var step = Math.Max(1, (set.Train.Rows + MostRows - 1) / MostRows);
        int[] rows = [.. Enumerable.Range(0, set.Train.Rows).Where(r => r % step == 0)];
        var findings = new List<LeakageFinding>(Strengths(rows));
        findings.AddRange(OfColumns(builder, rows));
        if (Duplicates() is { } duplicates)
        {
            findings.Add(duplicates);
        }

        return [.. findings.GroupBy(f => f.Feature).Select(g => g.MaxBy(f => f.Kind == "identity")!).OrderBy(f => f.Feature, StringComparer.Ordinal)];
    }

    private IEnumerable<LeakageFinding> Strengths(int[] rows)
    {
        var width = model.Vector.Columns.Count;
        float[] labels = [.. rows.Select(r => set.Train.Labels[r])];
        var findings = new LeakageFinding?[width];
        SideBySide.Run(width, c =>
        {
            float[] values = [.. rows.Select(r => set.Train.Profile[(r * width) + c])];
            if (Measures(values, labels).FirstOrDefault(m => m.Strength >= m.Bound) is { Measure: not null } found)
            {
                findings[c] = Finding(
                    model.Vector.Columns[c].Name, "strength", found.Strength, string.Create(CultureInfo.InvariantCulture, $"alone it tells the label with {found.Measure} of {found.Strength:0.####}, {found.Bound} or more"));
            }
        });
        return findings.OfType<LeakageFinding>();
    }

    /// <summary>The second is made only when the first does not tell.</summary>
    private IEnumerable<(string Measure, double Strength, double Bound)> Measures(float[] values, float[] labels)
    {
        var told = FeatureStrength.Of(model.Task, model.Labels.Classes.Count, values, labels);
        yield return model.Task.IsProbability ? ("an area under the ROC curve", told, MostArea)
            : model.Task.HasSeveralOutputs ? ("a share of the entropy", told, MostExplained)
            : ("an R2", told, MostExplained);
        yield return model.Task.HasClasses
            ? ("a share of the errors avoided", NearestStrength.Of(values, labels), MostDetermined)
            : ("an R2 of the ranks", RankStrength.Of(values, labels), MostDetermined);
    }

    /// <summary>Columns of the request against the label, for numbers; a class is compared through strength.</summary>
    private IEnumerable<LeakageFinding> OfColumns(TrainingSetBuilder builder, int[] rows)
    {
        if (model.Task.HasClasses)
        {
            yield break;
        }

        var fields = model.Vector.Request.Schema.Fields;
        var requests = builder.Spine.ToDictionary(s => s.Stamp.Seq, s => s.Row);
        double[] labels = [.. rows.Select(r => (double)set.Train.Labels[r])];
        var columns = Enumerable.Range(0, fields.Count)
            .Where(c => fields[c].Type is ScalarType.Number or ScalarType.Integer && !(model.HasOwnLabel && c == model.LabelValueIndex))
            .Select(c => (fields[c].Name, Values: rows.Select(r => (double)FeatureEncoder.Number(requests[set.Train.Seq[r]][c])).ToArray()))
            .Where(c => c.Values.Distinct().Skip(1).Any())
            .ToList();
        foreach (var (name, values) in columns)
        {
            var reason = Identity(name, values, columns, labels, out var strength) ?? Part(values, labels, out strength);
            foreach (var feature in reason is null ? [] : model.Vector.Columns.Where(f => f.RequestColumns.Contains(name, StringComparer.Ordinal)))
            {
                yield return Finding(feature.Name, strength >= NearlyAll ? "identity" : "part", strength, $"it reads {name}, which {reason}");
            }
        }
    }

    private static string? Identity(string name, double[] values, List<(string Name, double[] Values)> columns, double[] labels, out double strength)
    {
        strength = Share(i => values[i] == labels[i]);
        if (strength >= NearlyAll)
        {
            return "is the label";
        }

        foreach (var (other, others) in columns.Where(c => c.Name != name))
        {
            strength = Share(i => values[i] + others[i] == labels[i]);
            if (strength >= NearlyAll)
            {
                return $"adds up with {other} to the label";
            }

            strength = Share(i => values[i] - others[i] == labels[i] || others[i] - values[i] == labels[i]);
            if (strength >= NearlyAll)
            {
                return $"differs from {other} by the label";
            }
        }

        return null;

        double Share(Func<int, bool> holds) => (double)Enumerable.Range(0, labels.Length).Count(holds) / labels.Length;
    }

    private static string? Part(double[] values, double[] labels, out double strength)
    {
        strength = 0;
        var (equal, distinct) = (false, new HashSet<double>());
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] != Math.Floor(values[i]) || !(values[i] <= labels[i]) || values[i] < 0)
            {
                return null;
            }

            equal |= values[i] == labels[i] && labels[i] > 0;
            distinct.Add(values[i]);
        }

        strength = MathNet.Numerics.Statistics.Correlation.Pearson(values, labels);
        return equal && distinct.Count >= LeastValues && strength >= LeastCorrelation
            ? string.Create(CultureInfo.InvariantCulture, $"is never above the label, sometimes equal to it, and goes with it (correlation {strength:0.###}): a part of what is asked for")
            : null;
    }

    private LeakageFinding? Duplicates()
    {
        var width = set.Encoder.Width;
        if (width < LeastColumns || set.Test.Rows == 0)
        {
            return null;
        }

        var known = new HashSet<UInt128>();
        for (var r = 0; r < set.Train.Rows; r++)
        {
            known.Add(RowHash.Of(set.Train.Features.AsSpan(r * width, width), set.Train.Labels[r]));
        }

        var share = (double)Enumerable.Range(0, set.Test.Rows).Count(r => known.Contains(RowHash.Of(set.Test.Features.AsSpan(r * width, width), set.Test.Labels[r]))) / set.Test.Rows;
        return share >= MostDuplicates
            ? Finding("rows", "duplicates", share, string.Create(CultureInfo.InvariantCulture, $"{share:P1} of the test rows stand in the training part too, inputs and label alike"))
            : null;
    }

    private LeakageFinding Finding(string feature, string kind, double strength, string reason) =>
        new(feature, kind, Math.Round(strength, 6), reason, model.Definition.Leakage.Allows(feature));
}
