using System.Diagnostics;

namespace Flyball.Registry.Webhooks;

/// <summary>
/// Carries the trace of what brought an event about into its delivery, which comes later and on another thread: the request that is sent names a span of its own under the
/// one that caused it, as a call made at once would.
/// </summary>
internal static class DeliveryTrace
{
    private const string Name = "deliver webhook";

    /// <summary>The program's spans have one source; an exporter listens to it by name.</summary>
    private static readonly ActivitySource Source = new("Flyball");

    /// <summary>The span of a delivery, current until it is disposed; null where nobody exports and the event belongs to no trace.</summary>
    public static Activity? Begin(string? trace)
    {
        var isTraced = ActivityContext.TryParse(trace, null, isRemote: true, out var cause);
        return Source.StartActivity(Name, ActivityKind.Producer, cause)
            ?? (isTraced ? new Activity(Name).SetParentId(cause.TraceId, cause.SpanId, cause.TraceFlags).Start() : null);
    }
}
