using System.Diagnostics.Metrics;

namespace Flyball.Features.Online;

/// <summary>What the views hold in memory. The view is a label: a project has a bounded number of them.</summary>
internal sealed class FeatureMetrics
{
    public const string MeterName = "Flyball.Features";

    private const string View = "view";

    public FeatureMetrics(OnlineFeatures online, IMeterFactory factory)
    {
        var meter = factory.Create(MeterName);
        meter.CreateObservableGauge("flyball.features.entities", () => Each(online, u => u.Entities), "{entity}", "Entities in memory, by view.");
        meter.CreateObservableGauge("flyball.features.rows", () => Each(online, u => u.Rows), "{row}", "Rows in memory, by view.");
        meter.CreateObservableGauge("flyball.features.bytes", () => Each(online, u => u.Bytes), "By", "About how much memory the rows take, by view.");
        meter.CreateObservableCounter("flyball.features.trimmed", () => Each(online, u => u.Trimmed), "{row}", "Rows that were let go because nothing can ask for them, by view.");
    }

    private static IEnumerable<Measurement<long>> Each(OnlineFeatures online, Func<OnlineUsage, long> part) =>
        online.Plans.EntityViews.Select(v => new Measurement<long>(part(online.UsageOf(v)), new KeyValuePair<string, object?>(View, v.Name)));
}
