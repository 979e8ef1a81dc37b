using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Workspaces;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Flyball.Monitoring;

/// <summary>Keeps the findings about labels once a day, soon after midnight UTC.</summary>
internal sealed class LabelLoop(LabelHealth labels, TimeProvider time, LoopOptions options, ILogger<LabelLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Often = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Enabled)
        {
            return;
        }

        var keptDay = Today();
        using var timer = new PeriodicTimer(Often, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (Today() == keptDay)
            {
                continue;
            }

            keptDay = Today();
            try
            {
                await labels.RecordAsync(stoppingToken);
            }
            catch (FlyballException e)
            {
                // A log that takes no more is said by whoever appends to it; this loop tries again tomorrow.
                Log.CheckFailed(logger, "labels", e.Problem.Code, e.Problem.Message);
            }
        }
    }

    private long Today() => EventTime.From(time.GetUtcNow()).Micros / Clock.MicrosPerDay;
}
