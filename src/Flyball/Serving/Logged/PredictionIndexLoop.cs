using Flyball.Engine.Problems;
using Flyball.Workspaces;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Flyball.Serving.Logged;

/// <summary>Keeps the index of the prediction log near its end, so that nobody who asks waits for it.</summary>
internal sealed class PredictionIndexLoop(PredictionSearch search, TimeProvider time, LoopOptions options, ILogger<PredictionIndexLoop> logger) : BackgroundService
{
    /// <summary>So many records are indexed in a few milliseconds: fewer are left to whoever asks.</summary>
    private const long Few = 4_096;

    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Enabled)
        {
            return;
        }

        using var timer = new PeriodicTimer(Often, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (search.Behind < Few)
            {
                continue;
            }

            try
            {
                search.CatchUp(stoppingToken);
            }
            catch (Exception e) when (e is FlyballException or IOException or UnauthorizedAccessException)
            {
                // A part of the log that cannot be read: whoever asks is told, and nothing else depends on the index.
                Log.IndexBehind(logger, e.Message);
            }
        }
    }
}
