using Flyball.Contracts;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Features;
using Flyball.Storage.Lakes;
using Flyball.Training.Datasets;

namespace Flyball.Training.Jobs;

/// <summary>
/// Reads sampled rows of a training set through the online path and compares with the offline one.
/// <list type="number">
/// <item>The events of the sample's entities are given to an online state in log order, in batches of random length.</item>
/// <item>Between batches each sampled row is read as it arrives, as a live request would be: by the events so far.</item>
/// <item>At the end the whole vector is read at the run's horizon. Offline answers the same questions; values must be the same bits.</item>
/// </list>
/// Cost: one pass over the tables of the views, and a second state of the sample's entities.
/// </summary>
internal sealed class ServedPathProof(ProjectPlan project, FeatureVectorPlan vector, string lakeDirectory, IReadOnlyList<LakeManifest> tables)
{
    private const int MostRows = 500;
    private const int LongestBatch = 256;

    private readonly SortedSet<string> apart = new(StringComparer.Ordinal);
    private readonly OnlineFeatures online = new(project.Features);
    private long compared;
    private long mismatches;

    /// <param name="offline">The state that the training set was built from.</param>
    /// <param name="spine">Rows of the training set, in log order.</param>
    /// <param name="seed">Chooses the rows and the lengths of batches.</param>
    public FeatureProof Measure(IFeatureState offline, IEnumerable<(RowStamp Stamp, Value[] Row)> spine, Horizon horizon, ulong seed)
    {
        var sample = RowSample.Choose(spine, r => r.Stamp.Seq, seed, MostRows);
        foreach (var manifest in tables.OrderBy(t => t.Table, StringComparer.Ordinal))
        {
            Feed(manifest, offline, sample, seed);
        }

        var (ours, theirs) = (new Value[vector.Columns.Count], new Value[vector.Columns.Count]);
        var scratch = new Value[vector.ScratchWidth];
        foreach (var (stamp, row) in sample)
        {
            vector.Evaluate(online, row, stamp.EventTime, horizon, scratch, ours);
            vector.Evaluate(offline, row, stamp.EventTime, horizon, scratch, theirs);
            Compare(ours, theirs, c => vector.Columns[c].Name);
        }

        return new FeatureProof(sample.Count, compared, mismatches, [.. apart], seed);
    }

    private void Feed(LakeManifest manifest, IFeatureState offline, List<(RowStamp Stamp, Value[] Row)> sample, ulong seed)
    {
        var lookups = vector.Entities.Where(e => e.View.Source.Source == manifest.Table).ToArray();
        if (lookups.Length == 0)
        {
            return;
        }

        var source = project.Contracts[manifest.Table];
        var keys = lookups.Select(l => (l.View.EntityIndex, Keys: sample.Select(s => s.Row[l.RequestColumn]).ToHashSet())).ToArray();
        var (next, left) = (0, 1);
        EventLake.Read(lakeDirectory, manifest, source, (stamp, identity, row) =>
        {
            if (keys.Any(k => k.Keys.Contains(row[k.EntityIndex])))
            {
                online.Apply(new EventRow(source, stamp, (Value[])row.Clone(), identity));
            }

            if (--left == 0)
            {
                left = 1 + (int)(RowSample.Mix(seed + (ulong)stamp.Seq) % LongestBatch);
                while (next < sample.Count && sample[next].Stamp.Seq <= stamp.Seq)
                {
                    Read(lookups, offline, sample[next++], new Horizon(stamp.Seq));
                }
            }
        });
    }

    /// <summary>One row at its arrival, view by view, because other sources are not there yet.</summary>
    private void Read((EntityFeatureView View, int RequestColumn)[] lookups, IFeatureState offline, (RowStamp Stamp, Value[] Row) asked, Horizon horizon)
    {
        foreach (var (view, column) in lookups)
        {
            var (ours, theirs) = (new Value[view.Plan.Features.Count], new Value[view.Plan.Features.Count]);
            online.Evaluate(view, asked.Row[column], asked.Stamp.EventTime, horizon, ours);
            offline.Evaluate(view, asked.Row[column], asked.Stamp.EventTime, horizon, theirs);
            Compare(ours, theirs, c => view.Fields[c].Name);
        }
    }

    private void Compare(Value[] ours, Value[] theirs, Func<int, string> nameOf)
    {
        for (var c = 0; c < ours.Length; c++)
        {
            compared++;
            if (!ours[c].Equals(theirs[c]))
            {
                mismatches++;
                apart.Add(nameOf(c));
            }
        }
    }
}
