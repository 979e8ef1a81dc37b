using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Serving;
using Flyball.Workspaces;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Flyball.Monitoring;

/// <summary>Checks every deployed model once a day, soon after midnight UTC, over the day that ended.</summary>
internal sealed class MonitoringLoop(DailyCheck check, TrafficPlans traffic, TimeProvider time, LoopOptions options, ILogger<MonitoringLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Often = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Enabled)
        {
            return;
        }

        var checkedDay = Today();
        using var timer = new PeriodicTimer(Often, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var today = Today();
            if (today == checkedDay)
            {
                continue;
            }

            checkedDay = today;
            foreach (var model in traffic.All.Keys)
            {
                try
                {
                    await check.RunAsync(model, new EventTime((today - 1) * Clock.MicrosPerDay), new EventTime(today * Clock.MicrosPerDay), stoppingToken);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    // Whatever it is: a check that fails must stop neither the other models' checks nor the host.
                    var problem = (e as FlyballException)?.Problem ?? new Problem("FLY9000", e.ToString());
                    Log.CheckFailed(logger, model, problem.Code, problem.Message);
                }
            }
        }
    }

    private long Today() => EventTime.From(time.GetUtcNow()).Micros / Clock.MicrosPerDay;
}
