using Microsoft.Extensions.Hosting;

namespace Flyball.Contracts.Snapshots;

/// <summary>
/// Writes the snapshot at a clean stop and while the server runs: as soon as the log has grown by half since the last one, and after a while when it has
/// grown at all. Growing by shares keeps what is written in proportion to what came, and a start never reads more than a third of the log.
/// </summary>
internal sealed class SnapshotSaving(EventSnapshots snapshots, TimeProvider time) : BackgroundService
{
    private const long FewRows = 1_000;
    private const int SmallShare = 64;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan While = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongWhile = TimeSpan.FromHours(1);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        snapshots.Save();
    }

    /// <summary>Whether it is time to write.</summary>
    /// <param name="behind">Rows since the last one.</param>
    /// <param name="saved">Rows in the last one.</param>
    /// <param name="age">Time since it was written or found.</param>
    internal static bool IsDue(long behind, long saved, TimeSpan age) =>
        behind >= FewRows + (saved / 2)
        || (age >= While && behind > saved / SmallShare)
        || (age >= LongWhile && behind > 0);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var last = time.GetTimestamp();
        using var timer = new PeriodicTimer(Look, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (IsDue(snapshots.Behind, snapshots.Saved.Seq, time.GetElapsedTime(last)))
            {
                snapshots.Save();
                last = time.GetTimestamp();
            }
        }
    }
}
