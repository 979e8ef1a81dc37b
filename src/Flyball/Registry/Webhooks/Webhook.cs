namespace Flyball.Registry.Webhooks;

/// <summary>Where events are delivered to. Its secret is never told.</summary>
/// <param name="Status">One of <see cref="WebhookStatus"/>.</param>
/// <param name="Pending">Deliveries that are still to be made.</param>
/// <param name="LastFailure">Why the oldest of them was not made yet; null when none has failed.</param>
public sealed record Webhook(
    string Id,
    string Name,
    string Url,
    string? Description,
    IReadOnlyList<WebhookEvent> Events,
    string Status,
    string CreatedBy,
    long CreatedMicros,
    long UpdatedMicros,
    int Pending,
    string? LastFailure);
