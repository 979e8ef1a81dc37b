using Flyball.Engine.Time;
using Flyball.Native.Posix;
using Flyball.Storage.Snapshots;
using Microsoft.Extensions.Logging;

namespace Flyball.Contracts.Snapshots;

/// <summary>
/// The snapshot of the event log and its subscribers under the data directory: read at start, written now and then. It is a saving of time and
/// nothing else: whatever happens to it, the log has the rows. Used by one thread at a time.
/// </summary>
public sealed class EventSnapshots(string folder, EventLog events, ILogger<EventSnapshots> logger)
{
    private const string FileName = "events.snapshot";
    private const string Aside = ".unusable";

    /// <summary>The last position that is in the file.</summary>
    public Horizon Saved { get; private set; }

    /// <summary>Rows that a start would have to read from the log.</summary>
    public long Behind => events.Applied.Seq - Saved.Seq;

    private string FilePath => Path.Combine(folder, FileName);

    /// <summary>Replays the log from where the snapshot ends; all of it when there is none. One that is cut short, damaged or of another log is put aside.</summary>
    public ReplayReport Replay()
    {
        using var snapshot = SnapshotFile.Open(FilePath, out var defect);
        var report = events.Replay(snapshot);
        if (defect is not null || report.Rebuilt.Contains(EventLog.OtherLog))
        {
            Log.Unusable(logger, defect ?? "it is of another log");
            SetAside();
        }
        else if (snapshot is not null)
        {
            Saved = snapshot.Position.Complete;
            Log.Restored(logger, Saved.Seq, report.Horizon.Seq - report.Restored.Seq);
            if (report.Rebuilt.Count > 0)
            {
                // The others are still good for the next start, so the file stays until it is written anew.
                Log.Rebuilt(logger, string.Join(", ", report.Rebuilt.Order(StringComparer.Ordinal)));
            }
        }

        return report;
    }

    /// <summary>Writes it when rows came since it was written; a disk that refuses is told, and leaves what is there.</summary>
    public void Save()
    {
        if (Behind <= 0)
        {
            return;
        }

        try
        {
            PosixFile.CreateDirectory(folder);
            Saved = events.WriteSnapshot(FilePath).Complete;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PosixException)
        {
            Log.NotSaved(logger, e.Message);
        }
    }

    private void SetAside()
    {
        try
        {
            File.Move(FilePath, FilePath + Aside, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next one is written over it.
            Log.NotSaved(logger, e.Message);
        }
    }
}
