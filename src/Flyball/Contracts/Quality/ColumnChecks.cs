using System.Globalization;
using Flyball.Engine.Statistics;
using Check = Flyball.Contracts.Quality.StatisticalCheck;

namespace Flyball.Contracts.Quality;

/// <summary>What is asked of one column of a batch. The reference is a sample too: all tests are of two samples, exact for shares.</summary>
internal static class ColumnChecks
{
    private const int FewestPresent = 50;
    private const double NullFloor = 0.01;
    private const double UnseenFloor = 0.001;
    private const double OutsideFloor = 0.002;
    private const double ShiftFloor = 0.1;

    public static void Add(List<Check> checks, SourceReference reference, StatisticalCounts counts, int index)
    {
        var column = reference.Columns[index];
        checks.Add(Nulls(reference, column, counts.Nulls[index], counts.Rows));
        if (column.Range is { } range)
        {
            checks.Add(Outside(reference, column, range, counts, index));
        }

        if (column.Shape is { } shape && counts.Texts[index] is { } text)
        {
            AddText(checks, reference, column.Name, shape, text, counts.Rows);
        }

        if (!column.IsCompared)
        {
            return;
        }

        if (column.UnseenScale is { } unseenScale)
        {
            checks.Add(Unseen(reference, column, counts, index, unseenScale));
        }

        if (column.ShiftScale is { } shiftScale && reference.Rows - column.Nulls >= FewestPresent)
        {
            AddShift(checks, "shift", $"distribution of {column.Name}", column.Name, reference, shiftScale, column.Cells, counts.Cells[index], counts.Rows);
        }
    }

    private static void AddShift(List<Check> checks, string rule, string what, string field, SourceReference reference, EffectScale scale, IReadOnlyList<long> usual, long[] cells, long rows)
    {
        var known = cells.Sum();
        if (known < FewestPresent)
        {
            return;
        }

        var effect = CohenEffect.Of([.. usual], cells);
        var bound = scale.At(rows, reference.Rows, ShiftFloor);
        checks.Add(new Check(
            rule, field, effect.PValue, effect.Lower, bound, effect.Effect, bound,
            string.Create(CultureInfo.InvariantCulture, $"The {what} in {known} rows is {effect.Effect:0.00} (Cohen's w, at least {effect.Lower:0.00}) from the reference; pieces of the reference stay within {bound:0.00}.")));
    }

    private static void AddText(List<Check> checks, SourceReference reference, string name, TextShape shape, TextCounts text, long rows)
    {
        checks.Add(Share("blanks", name, text.Blanks, rows, shape.Blanks, reference, shape.BlankScale, $"a blank {name}"));
        if (shape.Present >= FewestPresent)
        {
            AddShift(checks, "lengths", $"distribution of the lengths of {name}", name, reference, shape.LengthScale, shape.Lengths, text.Lengths, rows);
            AddShift(checks, "values", $"spread of the values of {name}", name, reference, shape.SpreadScale, shape.Spread, text.Spread, rows);
        }
    }

    private static Check Nulls(SourceReference reference, ColumnReference column, long nulls, long rows) =>
        Share("nulls", column.Name, nulls, rows, column.Nulls, reference, column.NullScale, $"no {column.Name}");

    private static Check Share(string rule, string name, long events, long rows, long usualEvents, SourceReference reference, EffectScale scale, string what)
    {
        double share = (double)events / rows, usual = (double)usualEvents / reference.Rows;
        var interval = Newcombe.Difference(events, rows, usualEvents, reference.Rows);
        var bound = scale.At(rows, reference.Rows, NullFloor);
        return new Check(
            rule, name,
            FisherExact.TwoSided(events, rows, usualEvents, reference.Rows),
            Math.Max(interval.Lower, -interval.Upper),
            bound,
            share,
            share > usual ? usual + bound : usual - bound,
            string.Create(CultureInfo.InvariantCulture, $"{share:0.0##%} of {rows} rows have {what}; in the reference it is {usual:0.0##%}."));
    }

    /// <summary>
    /// When batch and reference are alike, the k greatest of all rows are as likely to be any k of them: the probability that all lie in the batch is that of
    /// k events of k in Fisher's test, whatever the law of the column. The same for the least.
    /// </summary>
    private static Check Outside(SourceReference reference, ColumnReference column, ValueRange range, StatisticalCounts counts, int index)
    {
        var present = Math.Max(1, counts.Rows - counts.Nulls[index]);
        var usual = reference.Rows - column.Nulls;
        var outside = counts.Below[index] + counts.Above[index];
        var p = Math.Min(FisherExact.Upper(counts.Below[index], present, 0, usual), FisherExact.Upper(counts.Above[index], present, 0, usual));
        // Pieces at the end of a running number lie outside whole: that is no noise, and does not shrink with the batch.
        var bound = range.OutsideScale.At(counts.Rows, long.MaxValue, OutsideFloor);
        var share = (double)outside / present;
        return new Check(
            "out of range", column.Name, Math.Min(1, 2 * p), Newcombe.Difference(outside, present, 0, usual).Lower, bound, share, bound,
            string.Create(CultureInfo.InvariantCulture, $"{share:0.0##%} of {present} rows have a {column.Name} outside of everything that the reference had."));
    }

    private static Check Unseen(SourceReference reference, ColumnReference column, StatisticalCounts counts, int index, EffectScale scale)
    {
        long unseen = counts.Unseen[index], rows = counts.Rows;
        var interval = Newcombe.Difference(unseen, rows, column.Singletons, reference.Rows);
        var bound = scale.At(rows, reference.Rows, UnseenFloor);
        var share = (double)unseen / rows;
        return new Check(
            "new categories", column.Name,
            FisherExact.Upper(unseen, rows, column.Singletons, reference.Rows),
            interval.Lower,
            bound,
            share,
            bound,
            string.Create(CultureInfo.InvariantCulture, $"{share:0.0##%} of {rows} rows have one of {counts.NewCategories[index].Count} values of {column.Name} that the reference never had."));
    }
}
