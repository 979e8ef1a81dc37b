using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Flyball.Server.Operations;

/// <summary>
/// Flyball's own metrics in the Prometheus text format 0.0.4. Listens to every meter whose name begins with <c>Flyball</c>;
/// a counter gets the suffix <c>_total</c>, a histogram the buckets of ASP.NET Core. New label sets beyond a bound are counted, not kept.
/// </summary>
internal sealed class PrometheusText : IDisposable
{
    private const int MostSeries = 10_000;

    private static readonly double[] Buckets = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

    private readonly MeterListener listener = new();
    private readonly ConcurrentDictionary<(string Name, string Labels), Series> series = new();
    private readonly ConcurrentDictionary<string, (string Type, string Help)> kinds = new(StringComparer.Ordinal);
    private long refused;

    /// <param name="meters">The host's own: another host of the process has figures of the same names.</param>
    public PrometheusText(IMeterFactory meters)
    {
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name.StartsWith("Flyball", StringComparison.Ordinal) && (instrument.Meter.Scope is null || ReferenceEquals(instrument.Meter.Scope, meters)))
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.Start();
    }

    public string Write()
    {
        listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var group in series.OrderBy(s => s.Key.Name, StringComparer.Ordinal).ThenBy(s => s.Key.Labels, StringComparer.Ordinal).GroupBy(s => s.Key.Name, StringComparer.Ordinal))
        {
            var (type, help) = kinds[group.Key];
            text.Append(CultureInfo.InvariantCulture, $"# HELP {group.Key} {help}\n# TYPE {group.Key} {type}\n");
            foreach (var (key, one) in group)
            {
                one.Write(text, key.Name, key.Labels, type == "histogram");
            }
        }

        text.Append(CultureInfo.InvariantCulture, $"# HELP flyball_metrics_series_refused_total Label sets beyond the bound.\n# TYPE flyball_metrics_series_refused_total counter\nflyball_metrics_series_refused_total {Interlocked.Read(ref refused)}\n");
        return text.ToString();
    }

    public void Dispose() => listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var histogram = instrument.GetType().Name.StartsWith("Histogram", StringComparison.Ordinal);
        var gauge = instrument.IsObservable && !instrument.GetType().Name.Contains("Counter", StringComparison.Ordinal);
        var name = instrument.Name.Replace('.', '_') + (histogram || gauge ? "" : "_total");
        var key = (name, Labels(tags));
        if (!series.TryGetValue(key, out var one))
        {
            if (series.Count >= MostSeries)
            {
                Interlocked.Increment(ref refused);
                return;
            }

            kinds.TryAdd(name, (histogram ? "histogram" : gauge ? "gauge" : "counter", instrument.Description ?? instrument.Name));
            one = series.GetOrAdd(key, _ => new Series());
        }

        one.Add(value, histogram, instrument.IsObservable);
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        var text = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            var shown = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            text.Append(text.Length == 0 ? "" : ",").Append(name).Append("=\"")
                .Append(shown.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('"');
        }

        return text.ToString();
    }

    private sealed class Series
    {
        private readonly Lock writing = new();
        private readonly long[] buckets = new long[Buckets.Length];
        private double sum;
        private long count;

        public void Add(double value, bool histogram, bool observed)
        {
            lock (writing)
            {
                sum = observed ? value : sum + value;
                count++;
                if (histogram)
                {
                    for (var i = 0; i < Buckets.Length; i++)
                    {
                        buckets[i] += value <= Buckets[i] ? 1 : 0;
                    }
                }
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
                for (var i = 0; i < Buckets.Length; i++)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{labels}{comma}le=\"{Buckets[i]:R}\"}} {buckets[i]}\n");
                }

                var braces = labels.Length == 0 ? "" : $"{{{labels}}}";
                text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{labels}{comma}le=\"+Inf\"}} {count}\n{name}_sum{braces} {sum:R}\n{name}_count{braces} {count}\n");
            }
        }
    }
}
