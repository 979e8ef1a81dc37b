using Flyball.Engine.Statistics;
using Flyball.Engine.Time;

namespace Flyball.Contracts.Quality;

/// <summary>Measures rows a bucket of event time over the reference and over contiguous pieces of it.</summary>
internal static class VolumeCalibration
{
    private const int FewestBuckets = 14;
    private const int MostBuckets = 100_000;
    private const int FewestPieces = 5;

    /// <summary>Null when the history has too few whole days and hours.</summary>
    /// <param name="times">Event times of the kept rows in log order, in microseconds.</param>
    /// <param name="stride">Rows of the source that a kept row stands for.</param>
    /// <param name="pieces">Of the kept rows.</param>
    public static VolumeReference? Of(List<long> times, long stride, Pieces pieces)
    {
        var width = Clock.MicrosPerDay;
        var whole = Inner(Counts(times, 0, times.Count, width));
        if (whole.Count < FewestBuckets)
        {
            width /= 24;
            whole = Inner(Counts(times, 0, times.Count, width));
        }

        if (whole.Count < FewestBuckets)
        {
            return null;
        }

        var logs = Moments.Of([.. whole.Select(c => Math.Log((c * stride) + 0.5))]);
        var sizes = new List<long>();
        var means = new List<double>();
        var lows = new List<double>();
        var highs = new List<double>();
        double? leastOfSmall = null;
        foreach (var size in pieces.Sizes)
        {
            var measured = pieces.StartsOf(size).Select(s => LogMean(Inner(Counts(times, s, size, width)), stride)).OfType<double>().ToList();
            if (measured.Count >= FewestPieces)
            {
                Add(size * stride, measured.Average(), measured.Min(), measured.Max());
            }
            else if (sizes.Count == 0 && measured.Count > 0)
            {
                leastOfSmall = Math.Min(leastOfSmall ?? double.MaxValue, measured.Min());
            }
        }

        var all = LogMean(whole, stride)!.Value;
        Add(times.Count * stride, all, all, all);
        return new VolumeReference(width, whole.Count, logs.Mean, Math.Sqrt(logs.SampleVariance!.Value), whole.Max() * stride, sizes, means, lows, highs) { LeastOfSmall = leastOfSmall };

        void Add(long size, double mean, double low, double high)
        {
            sizes.Add(size);
            means.Add(mean);
            lows.Add(low);
            highs.Add(high);
        }
    }

    /// <summary>Rows of the buckets between the first and the last, empty ones included; none when they are too many to be a series.</summary>
    public static List<long> Inner(Dictionary<long, long> counts)
    {
        if (counts.Count < 2)
        {
            return [];
        }

        long from = counts.Keys.Min() + 1, to = counts.Keys.Max();
        var inner = new List<long>();
        for (var bucket = from; bucket < to && to - from < MostBuckets; bucket++)
        {
            inner.Add(counts.GetValueOrDefault(bucket));
        }

        return inner;
    }

    /// <summary>Logarithm of the mean; null without buckets.</summary>
    public static double? LogMean(List<long> buckets, long stride) => buckets.Count == 0 ? null : Math.Log(((double)buckets.Sum() * stride / buckets.Count) + 0.5);

    private static Dictionary<long, long> Counts(List<long> times, int start, int size, long width)
    {
        var counts = new Dictionary<long, long>();
        for (var i = start; i < start + size; i++)
        {
            System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(counts, StatisticalCounts.Bucket(times[i], width), out _)++;
        }

        return counts;
    }
}
