using System.Collections.Concurrent;

namespace Flyball.Server.Operations;

/// <summary>Finds the series of an instrument's labels without making their text again: a measurement on the path of a request allocates nothing here.</summary>
/// <param name="histogram">Whether values go into buckets.</param>
/// <param name="observed">Whether values are figures to be shown as they are.</param>
/// <param name="find">The series of labels that were not measured before; null when there are too many.</param>
internal sealed class InstrumentSeries(bool histogram, bool observed, InstrumentSeries.Finder find)
{
    /// <summary>By the hash of the labels' values; the few that share one stand behind each other.</summary>
    private readonly ConcurrentDictionary<int, Known> known = new();

    public delegate MetricSeries? Finder(ReadOnlySpan<KeyValuePair<string, object?>> labels);

    /// <summary>Takes a measurement; false when its labels are beyond the bound.</summary>
    public bool Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        var hash = default(HashCode);
        foreach (var label in labels)
        {
            hash.Add(label.Value?.GetHashCode() ?? 0);
        }

        var key = hash.ToHashCode();
        var first = known.GetValueOrDefault(key);
        for (var one = first; one is not null; one = one.Next)
        {
            if (one.Has(labels))
            {
                one.Series.Add(value, histogram, observed);
                return true;
            }
        }

        if (find(labels) is not { } series)
        {
            return false;
        }

        // Whoever loses a race finds the same series again next time.
        var added = new Known(labels.ToArray(), series, first);
        known.AddOrUpdate(key, added, (_, _) => added);
        series.Add(value, histogram, observed);
        return true;
    }

    private sealed record Known(KeyValuePair<string, object?>[] Labels, MetricSeries Series, Known? Next)
    {
        public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> labels)
        {
            if (labels.Length != Labels.Length)
            {
                return false;
            }

            for (var i = 0; i < labels.Length; i++)
            {
                if (!string.Equals(labels[i].Key, Labels[i].Key, StringComparison.Ordinal) || !Equals(labels[i].Value, Labels[i].Value))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
