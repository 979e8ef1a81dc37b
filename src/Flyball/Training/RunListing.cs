using Flyball.Engine.Problems;
using Flyball.Training.Tracking;
using Flyball.Training.Tracking.Search;

namespace Flyball.Training;

/// <summary>
/// Finds training runs with the filters and orders of experiments: <c>metrics.roc_auc > 0.8 and params.max_depth = '6'</c>. A run is found by what is noted of it.
/// </summary>
public sealed class RunListing(TrainingRuns runs, TrackingStore tracking)
{
    /// <summary>One page of runs, in the order asked for; newest first without one.</summary>
    /// <param name="search">What is asked for.</param>
    /// <exception cref="FlyballException">FLY3300: the filter or an order cannot be read, and where. FLY3303: the page token is of another search.</exception>
    public (IReadOnlyList<TrainingRun> Runs, string? NextPage) Find(RunListingSearch search)
    {
        // Read by itself first: places in messages are places in what was written.
        SearchParser.Filter(search.Filter, SearchSchema.Runs);
        List<string> all = [$"tags.`{NativeRuns.IdTag}` != ''"];
        if (search.State is { } state)
        {
            all.Add($"attributes.status = '{RunNotes.StatusOf(state)}'");
        }

        if (!string.IsNullOrWhiteSpace(search.Filter))
        {
            all.Add(search.Filter);
        }

        var page = tracking.Search.Runs(new RunSearch
        {
            Experiments = tracking.Native.Experiments(search.Model),
            Filter = string.Join(" AND ", all),
            OrderBy = search.OrderBy.Count > 0 ? search.OrderBy : ["attributes.start_time DESC"],
            // Deleting a note does not undo a run.
            View = LifecycleView.All,
            Limit = search.Limit,
            PageToken = search.PageToken,
        });
        return ([.. page.Found.Select(f => f.Tags.FirstOrDefault(t => t.Key == NativeRuns.IdTag)?.Value).OfType<string>().Select(runs.Find).OfType<TrainingRun>()], page.NextPage);
    }
}

/// <param name="Model">Only runs of this model; null for all.</param>
/// <param name="State">Only runs in this state of <see cref="RunStates"/>; null for all.</param>
/// <param name="Filter">Null for all.</param>
/// <param name="OrderBy">Terms, the most important first.</param>
/// <param name="Limit">How many at most.</param>
/// <param name="PageToken">Where to go on; null for the first page.</param>
public sealed record RunListingSearch(string? Model, string? State, string? Filter, IReadOnlyList<string> OrderBy, int Limit, string? PageToken);
