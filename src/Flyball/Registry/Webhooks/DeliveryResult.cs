namespace Flyball.Registry.Webhooks;

/// <summary>How a delivery went. What the receiver wrote is never kept or shown.</summary>
/// <param name="Status">The receiver's HTTP status; null when there was no answer.</param>
/// <param name="Error">Why there was none, or that the status is no success; null for a success.</param>
public sealed record DeliveryResult(int? Status, string? Error)
{
    public bool Ok => Error is null;

    /// <summary>The receiver understood the event and does not want it: sending it again will not help.</summary>
    internal bool IsRefusal => Status is >= 400 and < 500 and not (408 or 425 or 429);
}
