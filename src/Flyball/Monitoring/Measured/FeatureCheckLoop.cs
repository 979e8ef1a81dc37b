using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Serving;
using Flyball.Workspaces;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Flyball.Monitoring.Measured;

/// <summary>Measures the features of every deployed model once a day, soon after midnight UTC, over the day that ended.</summary>
internal sealed class FeatureCheckLoop(ServedFeatures features, TrafficPlans traffic, TimeProvider time, LoopOptions options, ILogger<FeatureCheckLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Often = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Enabled)
        {
            return;
        }

        var measured = Today();
        using var timer = new PeriodicTimer(Often, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (Today() is var today && today != measured)
            {
                measured = today;
                await MeasureAsync(today - 1, stoppingToken);
            }
        }
    }

    private async Task MeasureAsync(long day, CancellationToken cancellation)
    {
        foreach (var model in traffic.All.Keys)
        {
            try
            {
                await features.RunAsync(model, new EventTime(day * Clock.MicrosPerDay), new EventTime((day + 1) * Clock.MicrosPerDay), cancellation);
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                // Whatever it is: one that fails must stop neither the other models' measurements nor the host.
                var problem = (e as FlyballException)?.Problem ?? new Problem("FLY9000", e.ToString());
                Log.CheckFailed(logger, model, problem.Code, problem.Message);
            }
        }
    }

    private long Today() => EventTime.From(time.GetUtcNow()).Micros / Clock.MicrosPerDay;
}
