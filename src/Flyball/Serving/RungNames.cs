using Flyball.Serving.Degradation;

namespace Flyball.Serving;

/// <summary>Rungs and arms as answers and metrics name them.</summary>
public static class RungNames
{
    public static string Of(Rung rung) => rung switch
    {
        Rung.Full => "full",
        Rung.Champion => "champion",
        Rung.PreviousVersion => "previous-version",
        _ => "rule",
    };

    /// <summary>The rung of an answer: who answered when it was not the chosen version, else what stood in for its features.</summary>
    public static string Of(PredictionRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record.Rung == Rung.Full && Of(record.Origin) is { } stood ? stood : Of(record.Rung);
    }

    /// <summary>What stood in for live features; null when nothing did.</summary>
    public static string? Of(FeatureOrigin source) => source switch
    {
        FeatureOrigin.LastKnown => "last-known-features",
        FeatureOrigin.Defaults => "default-features",
        _ => null,
    };

    public static string? Of(Arm arm) => arm switch
    {
        Arm.Control => "control",
        Arm.Canary => "canary",
        _ => null,
    };
}
