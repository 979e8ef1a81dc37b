namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>
/// Metrics over all thresholds of one score, from counts by rank; each O(drawn rows + distinct scores). They are the same bits as
/// <see cref="BinaryMetrics"/> on the drawn rows, because only whole numbers are counted before the same divisions.
/// </summary>
internal static class ThresholdFreeMetrics
{
    /// <summary>Mann and Whitney (1947), ties one half.</summary>
    public static MetricValue RocAuc(ScoredRows rows, int output, ReadOnlySpan<int> drawn)
    {
        using var counts = RankCounts.Of(rows, output, drawn);
        if (counts.OneClass is { } reason)
        {
            return MetricValue.None(reason);
        }

        double won = 0, negativesBelow = 0;
        for (var rank = 0; rank < counts.Rows.Length; rank++)
        {
            double positives = counts.Hits[rank], negatives = counts.Rows[rank] - counts.Hits[rank];
            won += positives * (negativesBelow + (negatives / 2));
            negativesBelow += negatives;
        }

        return MetricValue.Of(won / (counts.Positives * negativesBelow));
    }

    /// <summary>Sum of (R_n - R_(n-1)) P_n from the highest threshold down, without interpolation.</summary>
    public static MetricValue AveragePrecision(ScoredRows rows, ReadOnlySpan<int> drawn)
    {
        using var counts = RankCounts.Of(rows, 0, drawn);
        if (counts.OneClass is { } reason)
        {
            return MetricValue.None(reason);
        }

        double sum = 0, found = 0;
        var taken = 0;
        for (var rank = counts.Rows.Length - 1; rank >= 0; rank--)
        {
            if (counts.Rows[rank] > 0)
            {
                double tied = counts.Hits[rank];
                found += tied;
                taken += counts.Rows[rank];
                sum += tied * found / taken;
            }
        }

        return MetricValue.Of(sum / found);
    }

    /// <summary>Largest distance of the two classes' score distributions, which is the largest TPR - FPR either way round.</summary>
    public static MetricValue KolmogorovSmirnov(ScoredRows rows, ReadOnlySpan<int> drawn)
    {
        using var counts = RankCounts.Of(rows, 0, drawn);
        if (counts.OneClass is { } reason)
        {
            return MetricValue.None(reason);
        }

        double largest = 0, positives = 0, negatives = 0, allNegatives = counts.Count - counts.Positives;
        for (var rank = 0; rank < counts.Rows.Length; rank++)
        {
            positives += counts.Hits[rank];
            negatives += counts.Rows[rank] - counts.Hits[rank];
            largest = Math.Max(largest, Math.Abs((positives / counts.Positives) - (negatives / allNegatives)));
        }

        return MetricValue.Of(largest);
    }

    /// <summary>The largest recall of a threshold whose precision is at least the given one; 0 when none has it.</summary>
    public static MetricValue RecallAtPrecision(ScoredRows rows, ReadOnlySpan<int> drawn, double precision) =>
        Best(rows, drawn, (p, r) => p >= precision ? r : 0);

    /// <summary>The largest precision of a threshold whose recall is at least the given one.</summary>
    public static MetricValue PrecisionAtRecall(ScoredRows rows, ReadOnlySpan<int> drawn, double recall) =>
        Best(rows, drawn, (p, r) => r >= recall ? p : 0);

    /// <summary>Share of all positives among the given share of rows with the highest scores, at least one row; of rows tied at the cut, their mean.</summary>
    public static MetricValue Gain(ScoredRows rows, ReadOnlySpan<int> drawn, double share)
    {
        using var counts = RankCounts.Of(rows, 0, drawn);
        return counts.Positives == 0 ? MetricValue.None("no positives") : MetricValue.Of(Captured(counts, Cut(counts, share)) / counts.Positives);
    }

    /// <summary>Rate of positives among these rows against the rate of all.</summary>
    public static MetricValue Lift(ScoredRows rows, ReadOnlySpan<int> drawn, double share)
    {
        using var counts = RankCounts.Of(rows, 0, drawn);
        var cut = Cut(counts, share);
        return counts.Positives == 0
            ? MetricValue.None("no positives")
            : MetricValue.Of(Captured(counts, cut) / cut / ((double)counts.Positives / counts.Count));
    }

    private static MetricValue Best(ScoredRows rows, ReadOnlySpan<int> drawn, Func<double, double, double> worth)
    {
        using var counts = RankCounts.Of(rows, 0, drawn);
        if (counts.Positives == 0)
        {
            return MetricValue.None("no positives");
        }

        double best = 0, found = 0;
        var taken = 0;
        for (var rank = counts.Rows.Length - 1; rank >= 0; rank--)
        {
            if (counts.Rows[rank] > 0)
            {
                found += counts.Hits[rank];
                taken += counts.Rows[rank];
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
        double captured = 0, taken = 0;
        for (var rank = counts.Rows.Length - 1; rank >= 0 && taken < cut; rank--)
        {
            if (counts.Rows[rank] > 0)
            {
                var part = Math.Min(1, (cut - taken) / counts.Rows[rank]);
                captured += part * counts.Hits[rank];
                taken += part * counts.Rows[rank];
            }
        }

        return captured;
    }
}
