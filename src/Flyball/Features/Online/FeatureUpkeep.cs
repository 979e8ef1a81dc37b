using Flyball.Engine.Time;
using Microsoft.Extensions.Hosting;

namespace Flyball.Features.Online;

/// <summary>Lets go of rows that no live request can ask for, once a minute.</summary>
internal sealed class FeatureUpkeep(OnlineFeatures online, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Often = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Often, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            online.Trim(EventTime.From(time.GetUtcNow()));
        }
    }
}
