namespace Flyball.Registry.Webhooks;

/// <summary>A webhook that is to be made, or what is to change of one: members that are null stay as they are.</summary>
public sealed record WebhookDraft
{
    /// <summary>Lower-case letters, digits, dots, underscores and hyphens, at most 63.</summary>
    public string? Name { get; init; }

    public string? Url { get; init; }

    public IReadOnlyList<WebhookEvent>? Events { get; init; }

    public string? Description { get; init; }

    /// <summary>Signs each delivery; empty takes it away.</summary>
    public string? Secret { get; init; }

    /// <summary>One of <see cref="WebhookStatus"/>.</summary>
    public string? Status { get; init; }
}
