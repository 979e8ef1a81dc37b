namespace Flyball.Registry.Webhooks;

/// <summary>A row of <c>webhooks</c>. Settable members, because databases differ in the width of their integers.</summary>
internal sealed class WebhookRow
{
    public string Id { get; set; } = "";

    public string Name { get; set; } = "";

    public string Url { get; set; } = "";

    public string? Description { get; set; }

    public string? Secret { get; set; }

    public string Status { get; set; } = "";

    public string CreatedBy { get; set; } = "";

    public long CreatedMicros { get; set; }

    public long UpdatedMicros { get; set; }
}
