namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>
/// Metrics over all thresholds of one score, from counts by rank; each O(drawn rows + distinct scores). They are the same bits as
/// <see cref="BinaryMetrics"/> on the drawn rows, because only whole numbers are counted before the same divisions.
/// </summary>
internal static class ThresholdFreeMetrics
{
    /// <summary>Mann and Whitney (1947), ties one half.</summary>
    public static MetricValue RocAuc(in RankCounts counts)
    {
        if (counts.OneClass is { } reason)
        {
            return MetricValue.None(reason);
        }

        var cells = counts.Cells;
        double won = 0, negativesBelow = 0;
        for (var cell = 0; cell + 1 < cells.Length; cell += 2)
        {
            double negatives = cells[cell], positives = cells[cell + 1];
            won += positives * (negativesBelow + (negatives / 2));
            negativesBelow += negatives;
        }

        return MetricValue.Of(won / (counts.Positives * negativesBelow));
    }

    /// <summary>Sum of (R_n - R_(n-1)) P_n from the highest threshold down, without interpolation.</summary>
    public static MetricValue AveragePrecision(in RankCounts counts)
    {
        if (counts.OneClass is { } reason)
        {
            return MetricValue.None(reason);
        }

        var cells = counts.Cells;
        double sum = 0, found = 0;
        var taken = 0;
        for (var cell = cells.Length - 2; cell >= 0; cell -= 2)
        {
            double tied = cells[cell + 1];
            taken += cells[cell] + cells[cell + 1];

            // Without a positive nothing is added; most ranks of a rare class have none.
            if (tied > 0)
            {
                found += tied;
                sum += tied * found / taken;
            }
        }

        return MetricValue.Of(sum / found);
    }

    /// <summary>Largest distance of the two classes' score distributions, which is the largest TPR - FPR either way round.</summary>
    public static MetricValue KolmogorovSmirnov(in RankCounts counts)
    {
        if (counts.OneClass is { } reason)
        {
            return MetricValue.None(reason);
        }

        var cells = counts.Cells;
        double largest = 0, positives = 0, negatives = 0, allNegatives = counts.Count - counts.Positives;
        for (var cell = 0; cell + 1 < cells.Length; cell += 2)
        {
            negatives += cells[cell];
            positives += cells[cell + 1];
            largest = Math.Max(largest, Math.Abs((positives / counts.Positives) - (negatives / allNegatives)));
        }

        return MetricValue.Of(largest);
    }

    /// <summary>The largest recall of a threshold whose precision is at least the given one; 0 when none has it.</summary>
    public static MetricValue RecallAtPrecision(in RankCounts counts, double precision) =>
        Best(counts, (p, r) => p >= precision ? r : 0);

    /// <summary>The largest precision of a threshold whose recall is at least the given one.</summary>
    public static MetricValue PrecisionAtRecall(in RankCounts counts, double recall) =>
        Best(counts, (p, r) => r >= recall ? p : 0);

    /// <summary>Share of all positives among the given share of rows with the highest scores, at least one row; of rows tied at the cut, their mean.</summary>
    public static MetricValue Gain(in RankCounts counts, double share)
    {
        return counts.Positives == 0 ? MetricValue.None("no positives") : MetricValue.Of(Captured(counts, Cut(counts, share)) / counts.Positives);
    }

    /// <summary>Rate of positives among these rows against the rate of all.</summary>
    public static MetricValue Lift(in RankCounts counts, double share)
    {
        var cut = Cut(counts, share);
        return counts.Positives == 0
            ? MetricValue.None("no positives")
            : MetricValue.Of(Captured(counts, cut) / cut / ((double)counts.Positives / counts.Count));
    }

    private static MetricValue Best(in RankCounts counts, Func<double, double, double> worth)
    {
        if (counts.Positives == 0)
        {
            return MetricValue.None("no positives");
        }

        var cells = counts.Cells;
        double best = 0, found = 0;
        var taken = 0;
        for (var cell = cells.Length - 2; cell >= 0; cell -= 2)
        {
            taken += cells[cell] + cells[cell + 1];

            // A threshold that takes up no positive has the recall of the one before it and less precision: it is never better.
            if (cells[cell + 1] > 0)
            {
                found += cells[cell + 1];
                best = Math.Max(best, worth(found / taken, found / counts.Positives));
            }
        }

        return MetricValue.Of(best);
    }

    // A share such as 0.07 of 100 rows is 7.000000000000001 of them; that must not become 8.
    private static double Cut(in RankCounts counts, double share) =>
        Math.Clamp(Math.Ceiling((share * counts.Count) - 1e-9), 1, counts.Count);

    private static double Captured(in RankCounts counts, double cut)
    {
        var cells = counts.Cells;
        double captured = 0, taken = 0;
        for (var cell = cells.Length - 2; cell >= 0 && taken < cut; cell -= 2)
        {
            var tied = cells[cell] + cells[cell + 1];
            if (tied > 0)
            {
                var part = Math.Min(1, (cut - taken) / tied);
                captured += part * cells[cell + 1];
                taken += part * tied;
            }
        }

        return captured;
    }
}
