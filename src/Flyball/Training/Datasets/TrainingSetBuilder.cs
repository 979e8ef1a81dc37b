using Flyball.Contracts;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Features;
using Flyball.Storage.Lakes;
using Flyball.Training.Splits;

namespace Flyball.Training.Datasets;

/// <summary>
/// Builds training sets as of a horizon.
/// <list type="number">
/// <item>The events of every needed view are folded into timelines; label rows are kept by key; the spine is the request source itself.</item>
/// <item>Each spine row inside a part of the split is evaluated at its own event time: it sees what a live request would have seen.</item>
/// <item>Its label is the latest visible label row with an event time in [t, t + window], else the value for absence.</item>
/// </list>
/// Cost: one pass over each table, then the rows of the split times the rows in their windows.
/// </summary>
public sealed class TrainingSetBuilder(ProjectPlan project, ModelPlan model, string lakeDirectory, IReadOnlyList<LakeManifest> tables, Horizon horizon)
{
    private readonly OfflineFeatures state = new(project.Features);
    private readonly Dictionary<Value, LabelRows> labels = [];
    private readonly List<(RowStamp Stamp, Value[] Row)> spine = [];
    private readonly HashSet<UInt128> requested = [];

    public Horizon Horizon => horizon;

    /// <summary>Rows of the spine, after <see cref="Load"/>.</summary>
    public int SpineRows => spine.Count;

    /// <summary>The rows of the spine, after <see cref="Load"/>, in log order.</summary>
    public IReadOnlyList<(RowStamp Stamp, Value[] Row)> Spine => spine;

    /// <summary>The folded events, for scoring other versions on the same rows.</summary>
    public IFeatureState State => state;

    /// <summary>The sources a model needs: its requests, its labels and the events of its views.</summary>
    public static IReadOnlyList<ContractPlan> SourcesOf(ModelPlan model) =>
        [.. model.Vector.EntityViews.Select(v => v.Source).Append(model.Vector.Request).Append(model.LabelSource).DistinctBy(s => s.Source).OrderBy(s => s.Source, StringComparer.Ordinal)];

    /// <summary>Whether the rows of a source are part of this set.</summary>
    public bool Holds(string source) => tables.Any(t => t.Table == source);

    public void Load()
    {
        var request = model.Vector.Request;
        foreach (var manifest in tables)
        {
            var source = project.Contracts[manifest.Table];
            // All views of the project, not the model's alone: the champion may read others.
            var views = project.Features.EntityViews.Where(v => v.Source.Source == source.Source).ToArray();
            var isSpine = source.Source == request.Source;
            var isLabel = source.Source == model.LabelSource.Source;
            EventLake.Read(lakeDirectory, manifest, source, (stamp, identity, row) =>
            {
                foreach (var view in views)
                {
                    state.Add(view, stamp, identity, row);
                }

                // The request is the row as it first came: what corrects it or takes it back was not known at its instant.
                if (isSpine && (!identity.IsKeyed || requested.Add(identity.Key)))
                {
                    spine.Add((stamp, (Value[])row.Clone()));
                }

                if (isLabel)
                {
                    AddLabel(stamp, identity, row);
                }
            });
        }
    }

    /// <summary>Evaluates the rows of every part.</summary>
    public TrainingSet Build(SplitPlan split) => new(
        Part("train", split.Train, keepRequests: false),
        Part("validation", split.Validation, keepRequests: false),
        Part("test", split.Test, keepRequests: true));

    /// <summary>Inputs of another vector, such as the champion's, on the rows of a part that kept its requests.</summary>
    public float[] Inputs(FeatureVectorPlan vector, TrainingPart part)
    {
        var inputs = new float[part.Rows * vector.Columns.Count];
        var scratch = new Value[vector.ScratchWidth];
        var values = new Value[vector.Columns.Count];
        for (var r = 0; r < part.Rows; r++)
        {
            var row = part.Requests![r];
            vector.Evaluate(state, row, part.Instants[r], horizon, scratch, values);
            BundleScorer.ToInput(values, inputs.AsSpan(r * values.Length, values.Length));
        }

        return inputs;
    }

    private TrainingPart Part(string name, TimeRange interval, bool keepRequests)
    {
        var vector = model.Vector;
        var rows = spine.Where(s => interval.Contains(s.Stamp.EventTime)).ToList();
        var width = vector.Columns.Count;
        var seq = new List<long>(rows.Count);
        var instants = new List<EventTime>(rows.Count);
        var inputs = new List<float>(rows.Count * width);
        var truth = new List<float>(rows.Count);
        var requests = keepRequests ? new List<Value[]>(rows.Count) : null;
        var scratch = new Value[vector.ScratchWidth];
        var values = new Value[width];
        var input = new float[width];
        foreach (var (stamp, row) in rows)
        {
            if (LabelOf(row[model.RequestKeyIndex], stamp.EventTime) is not { } label)
            {
                continue;
            }

            vector.Evaluate(state, row, stamp.EventTime, horizon, scratch, values);
            BundleScorer.ToInput(values, input);
            seq.Add(stamp.Seq);
            instants.Add(stamp.EventTime);
            inputs.AddRange(input);
            truth.Add(label);
            requests?.Add(row);
        }

        return new TrainingPart(name, interval, [.. seq], [.. instants], [.. inputs], [.. truth], requests?.ToArray());
    }

    private void AddLabel(RowStamp stamp, RowIdentity identity, Value[] row)
    {
        var key = row[model.LabelKeyIndex];
        if (!key.IsNull)
        {
            (labels.TryGetValue(key, out var known) ? known : labels[key] = new LabelRows(model)).Add(stamp, identity, row[model.LabelValueIndex]);
        }
    }

    private float? LabelOf(Value key, EventTime t) =>
        (float?)(!key.IsNull && labels.TryGetValue(key, out var known) ? known.At(t) : model.Definition.Label.Absent);
}
