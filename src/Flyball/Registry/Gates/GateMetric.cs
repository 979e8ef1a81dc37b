using System.Collections.Frozen;
using Flyball.Engine.Evaluation.Metrics;

namespace Flyball.Registry.Gates;

/// <summary>A figure that a gate can hold a version to.</summary>
/// <param name="Name">As written in a gate.</param>
/// <param name="Kind">Its scale.</param>
/// <param name="HigherIsBetter">Null when neither is better by itself.</param>
public sealed record GateMetric(string Name, GateMetricKind Kind, bool? HigherIsBetter)
{
    /// <summary>How many of a version's model tests failed.</summary>
    public const string FailedTests = "failed_tests";

    /// <summary>All that stand without a parameter, by name: those of frozen rows, latencies, and the number of failed tests.</summary>
    public static FrozenDictionary<string, GateMetric> All { get; } = MetricCatalogue.All.Values
        .Where(d => d.StandsAlone)
        .Select(d => Of(MetricCatalogue.Named(d.Name)))
        .Concat(
        [
            new("latency_p50", GateMetricKind.Duration, false),
            new("latency_p95", GateMetricKind.Duration, false),
            new("latency_p99", GateMetricKind.Duration, false),
            new(FailedTests, GateMetricKind.Number, false),
        ])
        .ToFrozenDictionary(m => m.Name, StringComparer.Ordinal);

    /// <summary>How it is measured on frozen rows; null when it is not measured there.</summary>
    public Metric? OfRows { get; private init; }

    /// <summary>Reads a metric with its parameters, such as <c>recall(0.3)</c>.</summary>
    /// <param name="refusal">What is wrong, when it returns null for a metric that exists.</param>
    internal static GateMetric? Find(string name, string text, out string? refusal)
    {
        refusal = null;
        if (All.TryGetValue(text, out var found))
        {
            return found;
        }

        return !MetricCatalogue.All.ContainsKey(name) ? null
            : MetricCatalogue.TryFind(text, out var metric, out refusal) ? Of(metric!)
            : null;
    }

    private static GateMetric Of(Metric metric) => new(
        metric.Name,
        metric.Definition.Kind == MetricKind.Share ? GateMetricKind.Share : GateMetricKind.Number,
        metric.Definition.Direction switch { MetricDirection.Higher => true, MetricDirection.Lower => false, _ => null })
    {
        OfRows = metric,
    };
}
