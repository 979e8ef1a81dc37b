using Flyball.Engine.Time;
using Microsoft.Extensions.Logging;

namespace Flyball.Registry.Webhooks;

/// <summary>
/// Delivers the events of the outbox: each at least once, those of one model in their order.
/// <list type="number">
/// <item>The oldest undelivered event of each webhook and model is due; one that failed waits twice as long each time, give or take, and the later ones of its model wait with it.</item>
/// <item>A success removes the delivery; a crash before that sends the event again, under the same delivery id.</item>
/// <item>A receiver that refuses an event several times misses it; one that fails for a day is switched off, and what waits stays.</item>
/// </list>
/// </summary>
/// <param name="random">Spreads the waits.</param>
internal sealed class WebhookDelivery(WebhookStore store, WebhookSender sender, WebhookOptions options, TimeProvider time, Random random, ILogger<WebhookDelivery> log)
{
    private readonly Lock drawing = new();

    /// <summary>Delivers what is due, until nothing is or the round is full. Webhooks go side by side, the events of one after the other.</summary>
    /// <returns>How many were delivered.</returns>
    public async Task<int> PumpAsync(CancellationToken cancellation)
    {
        var delivered = 0;
        for (var tried = 0; tried < options.MostARound;)
        {
            var due = store.Due(Now, options.MostARound - tried);
            if (due.Count == 0)
            {
                break;
            }

            tried += due.Count;
            var counts = await Task.WhenAll(due.GroupBy(d => d.WebhookId, StringComparer.Ordinal).Select(g => DeliverAsync([.. g], cancellation)));
            delivered += counts.Sum();
        }

        return delivered;
    }

    private long Now => EventTime.From(time.GetUtcNow()).Micros;

    private async Task<int> DeliverAsync(IReadOnlyList<DueDelivery> due, CancellationToken cancellation)
    {
        var delivered = 0;
        foreach (var one in due)
        {
            var result = await sender.SendAsync(one.WebhookId, one.Url, one.Secret, one.Event, cancellation);
            if (result.Ok)
            {
                await store.DoneAsync(one, cancellation);
                delivered++;
            }
            else
            {
                await FailAsync(one, result, cancellation);
            }
        }

        return delivered;
    }

    private async Task FailAsync(DueDelivery due, DeliveryResult result, CancellationToken cancellation)
    {
        var attempts = due.Attempts + 1;
        if (result.IsRefusal && attempts >= options.MostRefusals)
        {
            Log.EventRefused(log, due.Event.Seq, due.WebhookId, result.Error!);
            await store.DoneAsync(due, cancellation);
            return;
        }

        await store.FailedAsync(due, attempts, checked(Now + Wait(attempts)), result.Error!, cancellation);
        if (attempts >= options.MostAttempts)
        {
            Log.WebhookDisabled(log, due.WebhookId, attempts, result.Error!);
            await store.DisableAsync(due.WebhookId, Now, cancellation);
        }
    }

    /// <summary>Between half and all of the doubled wait, in microseconds: receivers that came back are not met by everybody at once.</summary>
    private long Wait(int attempts)
    {
        var whole = Math.Min(options.LongestWait.TotalMicroseconds, options.FirstWait.TotalMicroseconds * Math.Pow(2, Math.Min(attempts - 1, 30)));
        lock (drawing)
        {
            return (long)(whole * (0.5 + (0.5 * random.NextDouble())));
        }
    }
}
