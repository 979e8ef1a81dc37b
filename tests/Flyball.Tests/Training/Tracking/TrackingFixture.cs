using Flyball.Storage.Blobs;
using Flyball.Storage.Catalogs;
using Flyball.Tests.Time;
using Flyball.Training.Tracking;

namespace Flyball.Tests.Training.Tracking;

/// <summary>Tracking stores on a catalog of their own, with a clock that stands still and ids from a known secret.</summary>
internal sealed class TrackingFixture : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("flyball-tracking-").FullName;

    public TrackingFixture()
    {
        Catalog = Catalog.Open(Path.Combine(folder, "catalog.db"), TrackingTables.Migrations);
        Blobs = BlobStore.Open(Path.Combine(folder, "blobs"));
        var ids = new TrackingIds([1, 2, 3]);
        Experiments = new ExperimentStore(Catalog, Time);
        Runs = new RunStore(Catalog, Time, ids);
        Log = new RunLog(Catalog);
        Models = new LoggedModelStore(Catalog, Time, ids);
    }

    public ManualTimeProvider Time { get; } = new();

    public Catalog Catalog { get; }

    public BlobStore Blobs { get; }

    public ExperimentStore Experiments { get; }

    public RunStore Runs { get; }

    public RunLog Log { get; }

    public LoggedModelStore Models { get; }

    public async ValueTask DisposeAsync()
    {
        await Catalog.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
