using System.Globalization;
using System.Text;

namespace Flyball.Server.Operations;

/// <summary>The figures of one metric under one set of labels. Thread-safe.</summary>
/// <param name="bounds">Upper bounds of a histogram's buckets, ascending.</param>
internal sealed class MetricSeries(double[] bounds)
{
    private readonly Lock writing = new();

    /// <summary>Values in each bucket alone; they are summed up when they are written. The last one has no bound.</summary>
    private readonly long[] buckets = new long[bounds.Length + 1];
    private double sum;
    private long count;

    /// <param name="observed">Whether the value is the figure itself, and not to be added to it.</param>
    public void Add(double value, bool histogram, bool observed)
    {
        var bucket = 0;
        while (histogram && bucket < bounds.Length && !(value <= bounds[bucket]))
        {
            bucket++;
        }

        lock (writing)
        {
            sum = observed ? value : sum + value;
            count++;
            buckets[bucket]++;
        }
    }

    public void Write(StringBuilder text, string name, string labels, bool histogram)
    {
        lock (writing)
        {
            if (!histogram)
            {
                text.Append(CultureInfo.InvariantCulture, $"{name}{(labels.Length == 0 ? "" : $"{{{labels}}}")} {sum:R}\n");
                return;
            }

            var comma = labels.Length == 0 ? "" : ",";
            var below = 0L;
            for (var i = 0; i < bounds.Length; i++)
            {
                below += buckets[i];
                text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{labels}{comma}le=\"{bounds[i]:R}\"}} {below}\n");
            }

            var braces = labels.Length == 0 ? "" : $"{{{labels}}}";
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{labels}{comma}le=\"+Inf\"}} {count}\n{name}_sum{braces} {sum:R}\n{name}_count{braces} {count}\n");
        }
    }
}
