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
    private readonly ConcurrentDictionary<(string Name, string Labels), MetricSeries> series = new();
    private readonly ConcurrentDictionary<string, (string Type, string Help)> kinds = new(StringComparer.Ordinal);
    private long refused;

    /// <param name="meters">The host's own: another host of the process has figures of the same names.</param>
    public PrometheusText(IMeterFactory meters)
    {
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name.StartsWith("Flyball", StringComparison.Ordinal) && (instrument.Meter.Scope is null || ReferenceEquals(instrument.Meter.Scope, meters)))
            {
                var kind = KindOf(instrument);
                var name = instrument.Name.Replace('.', '_') + (kind == "counter" ? "_total" : "");
                kinds.TryAdd(name, (kind, instrument.Description ?? instrument.Name));
                l.EnableMeasurementEvents(instrument, new InstrumentSeries(kind == "histogram", instrument.IsObservable, tags => SeriesOf(name, tags)));
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, own) => Take(own, value, tags));
        listener.SetMeasurementEventCallback<int>((_, value, tags, own) => Take(own, value, tags));
        listener.SetMeasurementEventCallback<double>((_, value, tags, own) => Take(own, value, tags));
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

    /// <summary>The series of a label set that an instrument has not measured before; null beyond the bound.</summary>
    private MetricSeries? SeriesOf(string name, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = (name, Labels(tags));
        return series.TryGetValue(key, out var known) ? known
            : series.Count >= MostSeries ? null
            : series.GetOrAdd(key, _ => new MetricSeries(Buckets));
    }

    private void Take(object? own, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (own is InstrumentSeries instrument && !instrument.Take(value, tags))
        {
            Interlocked.Increment(ref refused);
        }
    }

    private static string KindOf(Instrument instrument) =>
        instrument.GetType().Name.StartsWith("Histogram", StringComparison.Ordinal) ? "histogram"
        : instrument.IsObservable && !instrument.GetType().Name.Contains("Counter", StringComparison.Ordinal) ? "gauge"
        : "counter";

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
}
