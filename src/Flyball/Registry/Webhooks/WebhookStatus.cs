namespace Flyball.Registry.Webhooks;

/// <summary>Whether a webhook gets events, as MLflow's clients name it.</summary>
public static class WebhookStatus
{
    public const string Active = "ACTIVE";
    public const string Disabled = "DISABLED";
}
