namespace Flyball.Training.Leakage;

/// <summary>
/// How well one feature alone tells the order of the labels, whatever their scale: a label with a long tail, in another unit or currency, is told as well as one without.
/// <list type="number">
/// <item>Labels become ranks, equal ones the mean of theirs; rows without a value of the feature are left out.</item>
/// <item>On each half of the rows the monotone curve that fits best is found (pool adjacent violators), rising or falling, and read between its points for the other half.</item>
/// <item>The figure is R2 of the ranks told so: 1 for every monotone function of the label, and for every label that is one of the feature.</item>
/// </list>
/// Source of the fit: Ayer et al., An empirical distribution function for sampling with incomplete information, 1955. Cost: sorting.
/// </summary>
internal static class RankStrength
{
    private const int LeastRows = 50;
    private const int LeastDistinct = 3;
    private const double Plain = 0.7;

    /// <summary>From 0 to 1; 0 where fewer than 50 rows have a value, or fewer than 3 labels differ.</summary>
    public static double Of(float[] values, float[] labels)
    {
        int[] rows = [.. Enumerable.Range(0, values.Length).Where(r => !float.IsNaN(values[r]))];
        if (rows.Length < LeastRows || rows.Select(r => labels[r]).Distinct().Take(LeastDistinct).Count() < LeastDistinct)
        {
            return 0;
        }

        float[] given = [.. rows.Select(r => values[r])];
        var ranks = Ranks([.. rows.Select(r => labels[r])]);
        float[] falling = [.. given.Select(v => -v)];
        return Math.Max(0, Math.Max(Explained(given, ranks), Explained(falling, ranks)));
    }

    private static double Explained(float[] values, double[] ranks)
    {
        var mean = ranks.Average();
        var (left, all) = (0.0, 0.0);
        for (var half = 0; half < 2; half++)
        {
            var curve = Fit(values, ranks, half);
            for (var r = 1 - half; r < values.Length; r += 2)
            {
                var told = Read(curve, values[r]);
                left += (ranks[r] - told) * (ranks[r] - told);
                all += (ranks[r] - mean) * (ranks[r] - mean);
            }

            if (left > all * (1 - Plain))
            {
                // Far from a leak on one half already: the other cannot make it one.
                break;
            }
        }

        return all == 0 ? 0 : 1 - (left / all);
    }

    /// <summary>The curve's points: distinct values in order, and the pooled mean rank of each.</summary>
    private static (float[] At, double[] Told) Fit(float[] values, double[] ranks, int half)
    {
        var (keys, told) = (new float[(values.Length + 1 - half) / 2], new double[(values.Length + 1 - half) / 2]);
        for (var i = 0; i < keys.Length; i++)
        {
            (keys[i], told[i]) = (values[(2 * i) + half], ranks[(2 * i) + half]);
        }

        Array.Sort(keys, told);
        var points = new List<(float At, double Sum, int Rows)>(keys.Length);
        for (var i = 0; i < keys.Length; i++)
        {
            if (points.Count > 0 && points[^1].At == keys[i])
            {
                points[^1] = (keys[i], points[^1].Sum + told[i], points[^1].Rows + 1);
            }
            else
            {
                points.Add((keys[i], told[i], 1));
            }
        }

        var pools = new List<(double Sum, int Rows, int Points)>(points.Count);
        foreach (var point in points)
        {
            var pool = (point.Sum, point.Rows, Points: 1);
            while (pools.Count > 0 && pools[^1].Sum / pools[^1].Rows >= pool.Sum / pool.Rows)
            {
                var before = pools[^1];
                pools.RemoveAt(pools.Count - 1);
                pool = (before.Sum + pool.Sum, before.Rows + pool.Rows, before.Points + pool.Points);
            }

            pools.Add(pool);
        }

        return ([.. points.Select(p => p.At)], [.. pools.SelectMany(p => Enumerable.Repeat(p.Sum / p.Rows, p.Points))]);
    }

    private static double Read((float[] At, double[] Told) curve, float value)
    {
        var found = Array.BinarySearch(curve.At, value);
        if (found >= 0)
        {
            return curve.Told[found];
        }

        var above = ~found;
        if (above == 0 || above == curve.At.Length)
        {
            return curve.Told[Math.Min(above, curve.At.Length - 1)];
        }

        var share = ((double)value - curve.At[above - 1]) / ((double)curve.At[above] - curve.At[above - 1]);
        return curve.Told[above - 1] + (share * (curve.Told[above] - curve.Told[above - 1]));
    }

    /// <summary>From 0, equal values the mean of their places.</summary>
    private static double[] Ranks(float[] labels)
    {
        var (sorted, order) = ((float[])labels.Clone(), Enumerable.Range(0, labels.Length).ToArray());
        Array.Sort(sorted, order);
        var ranks = new double[labels.Length];
        for (var from = 0; from < order.Length;)
        {
            var until = from + 1;
            while (until < order.Length && labels[order[until]] == labels[order[from]])
            {
                until++;
            }

            for (var i = from; i < until; i++)
            {
                ranks[order[i]] = (from + until - 1) / 2.0;
            }

            from = until;
        }

        return ranks;
    }
}
