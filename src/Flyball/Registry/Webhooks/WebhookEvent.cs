namespace Flyball.Registry.Webhooks;

/// <summary>One kind of event that a webhook wants, such as <c>model_version</c> and <c>created</c>.</summary>
public sealed record WebhookEvent(string Entity, string Action);
