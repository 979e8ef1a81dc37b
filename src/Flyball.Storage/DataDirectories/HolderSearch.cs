namespace Flyball.Storage.DataDirectories;

/// <summary>Finds who answers for a data directory, also while that process is still starting and has not said where.</summary>
/// <param name="time">Waits by it.</param>
/// <param name="longest">How long a process that does not say where it answers is waited for.</param>
public sealed class HolderSearch(TimeProvider time, TimeSpan longest)
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(100);

    /// <summary>Reads the holder, again and again while it runs and has not published where it answers.</summary>
    /// <param name="path">The data directory.</param>
    /// <param name="waiting">Called once, before the first wait.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Null when no process has the directory, or none any more; one without an address when the time was up.</returns>
    public async Task<DataDirectoryHolder?> FindAsync(string path, Action<DataDirectoryHolder> waiting, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(waiting);
        var holder = DataDirectory.TryReadHolder(path);
        for (var waited = TimeSpan.Zero; holder is { Url: null } && waited < longest; waited += Often)
        {
            if (waited == TimeSpan.Zero)
            {
                waiting(holder);
            }

            await Task.Delay(Often, time, cancellation);
            holder = DataDirectory.TryReadHolder(path);
        }

        return holder;
    }
}
