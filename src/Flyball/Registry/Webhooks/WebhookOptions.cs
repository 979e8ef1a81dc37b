namespace Flyball.Registry.Webhooks;

/// <summary>How events are delivered.</summary>
public sealed class WebhookOptions
{
    /// <summary>Whether webhooks may go to addresses that are not public: this machine, the private networks, link-local ones.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>How long one delivery may take in all.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often due deliveries are looked for.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The first wait after a failure; it doubles up to <see cref="LongestWait"/>.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan LongestWait { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Failures in a row after which a webhook is switched off: about a day of them.</summary>
    public int MostAttempts { get; init; } = 32;

    /// <summary>Refusals (4xx) of one event after which it is left out: the receiver understood it, and does not want it.</summary>
    public int MostRefusals { get; init; } = 3;

    /// <summary>Deliveries of one round.</summary>
    public int MostARound { get; init; } = 1_000;
}
