using Flyball.Contracts;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Features;
using Flyball.Training;
using Flyball.Workspaces;

namespace Flyball.Serving;

/// <summary>
/// The offline path for logged predictions: the lake is brought up to date, and the events of the entities concerned are folded by the plans that
/// training uses. Cost: one pass over the tables of the views; memory for the entities' events.
/// </summary>
internal sealed class OfflineReplay(Workspace workspace, EventLog events)
{
    /// <summary>The request row of a logged prediction.</summary>
    public static Value[] RequestOf(ContractPlan contract, PredictionRecord record)
    {
        var row = new Value[contract.Schema.Fields.Count];
        RowCodec.Of(contract).ReadStored(record.Request.Span, row);
        return row;
    }

    /// <summary>Adds the keys that a request looks up to those that are wanted.</summary>
    public static void Want(Dictionary<EntityFeatureView, HashSet<Value>> wanted, FeatureVectorPlan vector, Value[] request)
    {
        foreach (var (view, column) in vector.Entities)
        {
            (wanted.TryGetValue(view, out var keys) ? keys : wanted[view] = []).Add(request[column]);
        }
    }

    /// <param name="wanted">Keys by view; the views are of <paramref name="plan"/>.</param>
    /// <param name="upTo">The largest horizon that will be asked for.</param>
    public OfflineFeatures Load(ProjectPlan plan, Dictionary<EntityFeatureView, HashSet<Value>> wanted, Horizon upTo, CancellationToken cancellation)
    {
        var state = new OfflineFeatures(plan.Features);
        var sources = wanted.Keys.Select(v => v.Source).DistinctBy(s => s.Source).ToList();
        foreach (var manifest in EventLake.Extend(workspace.Events, workspace.Lake, sources, events.Applied))
        {
            var source = plan.Contracts[manifest.Table];
            var views = wanted.Where(w => w.Key.Source.Source == source.Source).ToArray();
            EventLake.Read(workspace.Directory.Lake, manifest, source, (stamp, identity, row) =>
            {
                cancellation.ThrowIfCancellationRequested();
                if (stamp.Seq > upTo.Seq)
                {
                    return;
                }

                foreach (var (view, keys) in views)
                {
                    if (keys.Contains(row[view.EntityIndex]))
                    {
                        state.Add(view, stamp, identity, row);
                    }
                }
            });
        }

        return state;
    }
}
