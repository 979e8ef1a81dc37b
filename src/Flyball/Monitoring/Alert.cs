namespace Flyball.Monitoring;

/// <summary>An alert that asks for an action.</summary>
/// <param name="Kind"><c>feature_drift</c>, <c>data_quality</c> or <c>performance_decay</c>.</param>
/// <param name="Feature">The feature it names; empty for the model as a whole.</param>
/// <param name="Severity"><c>page</c> when drift and performance moved together, else <c>ticket</c>.</param>
/// <param name="State"><c>firing</c> or <c>resolved</c>.</param>
public sealed record Alert(string Id, string Model, string Kind, string Feature, string Severity, string State, string OpenedAt, long OpenedMicros, string? ResolvedAt, string Detail)
{
    public bool Firing => State == "firing";
}
