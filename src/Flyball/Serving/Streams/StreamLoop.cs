using Flyball.Workspaces;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Flyball.Serving.Streams;

/// <summary>Keeps the streams going: a look that finds nothing new in the event log costs one comparison a stream.</summary>
internal sealed class StreamLoop(PredictionStreams streams, LoopOptions loops, TimeProvider time, ILogger<StreamLoop> log) : BackgroundService
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!loops.Enabled || !streams.All.Any())
        {
            return;
        }

        using var timer = new PeriodicTimer(Often, time);
        try
        {
            // The first look also finds where each stream stands.
            for (var first = true; await timer.WaitForNextTickAsync(stoppingToken); first = false)
            {
                if (first || streams.HasWork)
                {
                    await streams.PumpAsync(log, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host is stopping: the streams go on from their positions when it starts again.
        }
    }
}
