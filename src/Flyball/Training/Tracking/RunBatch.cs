namespace Flyball.Training.Tracking;

/// <summary>What a run logs at once: all of it or none.</summary>
public sealed record RunBatch(IReadOnlyList<MetricPoint> Metrics, IReadOnlyList<KeyText> Params, IReadOnlyList<KeyText> Tags)
{
    public const int MostMetrics = 1_000;
    public const int MostParams = 100;
    public const int MostTags = 100;
    public const int MostInAll = 1_000;

    public static RunBatch OfMetric(MetricPoint metric) => new([metric], [], []);

    public static RunBatch OfParam(KeyText param) => new([], [param], []);

    public static RunBatch OfTag(KeyText tag) => new([], [], [tag]);
}
