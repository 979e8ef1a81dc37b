using Flyball.Registry.Events;

namespace Flyball.Registry.Webhooks;

/// <summary>One event that is to be sent to one webhook now.</summary>
internal sealed record DueDelivery(string WebhookId, string Url, string? Secret, long ModelId, int Attempts, RegistryEvent Event);
