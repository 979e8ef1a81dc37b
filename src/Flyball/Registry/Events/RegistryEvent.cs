using System.Text.Json.Nodes;

namespace Flyball.Registry.Events;

/// <summary>Something that happened in the registry, as it is told to others.</summary>
/// <param name="Seq">1, 2, 3 and so on: the cursor of a reader.</param>
/// <param name="At">RFC 3339.</param>
/// <param name="Data">What it is about, as MLflow's payloads have it.</param>
public sealed record RegistryEvent(long Seq, string At, string Model, string Entity, string Action, JsonObject Data)
{
    /// <summary>The span that brought it about, as <c>traceparent</c> names it; null outside of any trace.</summary>
    public string? Trace { get; init; }
}
