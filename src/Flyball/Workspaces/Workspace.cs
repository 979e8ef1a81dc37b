using Flyball.Engine.Problems;
using Flyball.Storage.Audit;
using Flyball.Storage.Blobs;
using Flyball.Storage.Catalogs;
using Flyball.Storage.DataDirectories;
using Flyball.Storage.Journals;
using Flyball.Storage.Lakes;

namespace Flyball.Workspaces;

/// <summary>
/// The storage of one workspace, opened together and closed together: events, predictions, lake, catalog, blobs and audit log
/// under one locked data directory. Opening verifies each part and refuses to start on corruption, naming the file.
/// </summary>
public sealed class Workspace : IAsyncDisposable
{
    private Workspace(DataDirectory directory, TimeProvider time, Journal events, Journal predictions, Lake lake, Catalog catalog, BlobStore blobs, AuditLog audit)
    {
        Directory = directory;
        Time = time;
        Events = events;
        Predictions = predictions;
        Lake = lake;
        Catalog = catalog;
        Blobs = blobs;
        Audit = audit;
    }

    public DataDirectory Directory { get; }

    /// <summary>The clock that assigns known_at and dates every record.</summary>
    public TimeProvider Time { get; }

    /// <summary>Events, quarantined rows and outcomes, in one order: its sequence numbers are the horizons.</summary>
    public Journal Events { get; }

    /// <summary>The prediction log. Separate, so that a burst of predictions never delays the acknowledgement of an event.</summary>
    public Journal Predictions { get; }

    public Lake Lake { get; }

    public Catalog Catalog { get; }

    public BlobStore Blobs { get; }

    public AuditLog Audit { get; }

    /// <param name="path">The data directory; created when it does not exist.</param>
    /// <param name="migrations">The tables of all stages.</param>
    /// <exception cref="Flyball.Engine.Problems.FlyballException">In use by another process, or corrupt: names the file and offset.</exception>
    public static Workspace Open(string path, TimeProvider time, IReadOnlyList<Migration> migrations)
    {
        var directory = DataDirectory.Open(path);
        var opened = new Stack<object>();
        opened.Push(directory);
        try
        {
            var events = Push(Journal.Open(directory.Events, new JournalOptions(), time));
            var predictions = Push(Journal.Open(directory.Predictions, new JournalOptions(), time));
            var lake = Push(Lake.Open(directory.Lake));
            if (lake.Tables.FirstOrDefault(table => lake.HorizonOf(table) > events.Durable) is { } ahead)
            {
                // New events would get the numbers of those that are gone, and the table would never take them in.
                throw new FlyballException(new Problem(
                    "FLY2054",
                    $"The table {ahead} of the lake holds events up to {lake.HorizonOf(ahead)}, and the journal ends at {events.Durable}.",
                    new ProblemLocation(directory.Events),
                    "Restore the journal of the same time, or remove the table's folder: it is written again from the journal."));
            }

            var catalog = Push(Catalog.Open(directory.CatalogFile, migrations));
            var blobs = BlobStore.Open(directory.Blobs);
            var audit = Push(AuditLog.Open(directory.Audit, "flyball.local/audit", AuditKey.LoadOrCreate(directory.Keys, "flyball.local/audit"), time));
            return new Workspace(directory, time, events, predictions, lake, catalog, blobs, audit);
        }
        catch
        {
            while (opened.TryPop(out var part))
            {
                Close(part);
            }

            throw;
        }

        T Push<T>(T part)
            where T : notnull
        {
            opened.Push(part);
            return part;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Predictions.DisposeAsync();
        await Events.DisposeAsync();
        await Audit.DisposeAsync();
        await Catalog.DisposeAsync();
        Lake.Dispose();
        Directory.Dispose();
    }

    private static void Close(object part)
    {
        switch (part)
        {
            case IDisposable disposable:
                disposable.Dispose();
                break;
            case IAsyncDisposable asynchronous:
                // Opening failed and nothing was appended yet: closing a part completes without waiting.
                asynchronous.DisposeAsync().AsTask().Wait();
                break;
            default:
                break;
        }
    }
}
