using Flyball.Native.Posix;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Flyball.Contracts.Profiles;

/// <summary>Writes changed profiles once a minute and at the end: what a crash loses is at most a minute's profiling, and the log has its rows.</summary>
internal sealed class ProfileSaving(SourceProfiles profiles, TimeProvider time, ILogger<ProfileSaving> logger) : BackgroundService
{
    private const int StepsBetweenSaves = 60;

    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Save();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (profiles.Removed > 0)
        {
            Log.ProfilesRemoved(logger, profiles.Removed);
        }

        profiles.GoLive();
        using var timer = new PeriodicTimer(Often, time);
        for (var step = 1; await timer.WaitForNextTickAsync(stoppingToken); step++)
        {
            if (step % StepsBetweenSaves == 0)
            {
                Save();
            }
            else
            {
                profiles.TakeWaiting();
            }
        }
    }

    private void Save()
    {
        try
        {
            profiles.Save();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PosixException)
        {
            // They stay in memory and are tried again; the log has their rows.
            Log.ProfilesNotSaved(logger, e.Message);
        }
    }
}
