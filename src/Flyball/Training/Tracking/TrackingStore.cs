using System.Security.Cryptography;
using Flyball.Training.Artifacts;
using Flyball.Training.Tracking.Search;
using Flyball.Workspaces;

namespace Flyball.Training.Tracking;

/// <summary>What training programs log, of any language: experiments, runs, metrics, logged models and their files.</summary>
/// <remarks>Safe from any thread. What a task of it completes is durable.</remarks>
public sealed class TrackingStore
{
    /// <param name="workspace">Catalog, blobs and clock.</param>
    /// <param name="ids">Null for ids from a secret drawn now.</param>
    public TrackingStore(Workspace workspace, TrackingIds? ids = null)
    {
        var (catalog, time) = (workspace.Catalog, workspace.Time);
        var names = ids ?? new TrackingIds(RandomNumberGenerator.GetBytes(32));
        Experiments = new ExperimentStore(catalog, time);
        Runs = new RunStore(catalog, time, names);
        Log = new RunLog(catalog);
        History = new MetricHistory(catalog);
        Inputs = new RunInputs(catalog);
        Models = new LoggedModelStore(catalog, time, names);
        Artifacts = new ArtifactStore(catalog, workspace.Blobs, time);
        Search = new TrackingSearch(catalog);
        Native = new NativeRuns(catalog, time);
    }

    public ExperimentStore Experiments { get; }

    public RunStore Runs { get; }

    public RunLog Log { get; }

    public MetricHistory History { get; }

    public RunInputs Inputs { get; }

    public LoggedModelStore Models { get; }

    public ArtifactStore Artifacts { get; }

    public TrackingSearch Search { get; }

    /// <summary>Notes this program's own training runs beside the others.</summary>
    public NativeRuns Native { get; }
}
