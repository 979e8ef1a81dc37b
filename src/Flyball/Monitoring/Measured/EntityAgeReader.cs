using Flyball.Contracts;
using Flyball.Engine.Expressions;
using Flyball.Engine.Profiles;
using Flyball.Engine.Windows;
using Flyball.Features;
using Flyball.Serving;
using Flyball.Training;
using Flyball.Workspaces;

namespace Flyball.Monitoring.Measured;

/// <summary>
/// How old the newest visible event of an entity was at a prediction: the aggregate <c>time_since_last()</c>, folded over the rows of the keys asked
/// for, so that visibility is the one of features. Cost: one pass over the tables of the views; memory for the places of those rows in time.
/// </summary>
internal sealed class EntityAgeReader(Workspace workspace, EventLog events, ProjectPlan project)
{
    private static readonly FeatureSource Age = new("age", "time_since_last() over 3650d");

    /// <param name="vectors">The vectors of the predictions' versions.</param>
    /// <param name="sample">Predictions of versions that have a vector.</param>
    /// <returns>By view; a view nobody looked up is not there.</returns>
    public IReadOnlyDictionary<string, EntityAges> Read(VersionVectors vectors, IReadOnlyList<PredictionRecord> sample, CancellationToken cancellation)
    {
        var asked = new Dictionary<EntityFeatureView, List<(Value Key, PredictionRecord Record)>>();
        foreach (var record in sample)
        {
            var vector = vectors.Of(record.Digest)!;
            var request = OfflineReplay.RequestOf(vector.Request, record);
            foreach (var (view, column) in vector.Entities)
            {
                (asked.TryGetValue(view, out var list) ? list : asked[view] = []).Add((request[column], record));
            }
        }

        var ages = new Dictionary<string, EntityAges>(StringComparer.Ordinal);
        foreach (var manifest in EventLake.Extend(workspace.Events, workspace.Lake, [.. asked.Keys.Select(v => v.Source).DistinctBy(s => s.Source)], events.Applied))
        {
            var source = project.Contracts[manifest.Table];
            var folds = asked.Where(a => a.Key.Source.Source == source.Source).Select(a => new Fold(a.Key, a.Value)).ToArray();
            EventLake.Read(workspace.Directory.Lake, manifest, source, (stamp, identity, row) =>
            {
                cancellation.ThrowIfCancellationRequested();
                foreach (var fold in folds)
                {
                    fold.Add(stamp, identity, row);
                }
            });
            foreach (var fold in folds)
            {
                ages[fold.View.Name] = fold.Ages();
            }
        }

        return ages;
    }

    /// <summary>The newest events of one view's keys.</summary>
    private sealed class Fold(EntityFeatureView view, List<(Value Key, PredictionRecord Record)> asked)
    {
        private readonly EntityViewPlan plan = EntityViewPlan.Compile([Age], view.Source.Schema).Plan ?? throw new InvalidOperationException("The age of an event does not compile.");
        private readonly Dictionary<Value, EntityTimeline?> timelines = asked.Select(a => a.Key).Where(k => !k.IsNull).Distinct().ToDictionary(k => k, _ => (EntityTimeline?)null);

        public EntityFeatureView View => view;

        public void Add(RowStamp stamp, RowIdentity identity, Value[] row)
        {
            var key = row[view.EntityIndex];
            if (!key.IsNull && timelines.TryGetValue(key, out var timeline))
            {
                timelines[key] = timeline ??= plan.NewTimeline();
                plan.Append(timeline, stamp, identity, row);
            }
        }

        public EntityAges Ages()
        {
            var sketch = new QuantileSketch();
            long unknown = 0;
            var age = new Value[1];
            foreach (var (key, record) in asked)
            {
                plan.Evaluate(key.IsNull ? null : timelines.GetValueOrDefault(key), record.Instant, record.Horizon, age);
                if (age[0].TryGetNumber(out var seconds))
                {
                    sketch.Add(seconds);
                }
                else
                {
                    unknown++;
                }
            }

            return sketch.Quantiles(0.5, 0.99) is [var median, var high] ? new EntityAges(sketch.Count, unknown, median, high) : new EntityAges(0, unknown, 0, 0);
        }
    }
}
