using Flyball.Contracts;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Features;
using Flyball.Storage.Lakes;
using Flyball.Training.Encodings;
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
    /// <summary>Rows that a thread takes at a time.</summary>
    private const int BlockRows = 4_096;

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

    /// <summary>Stored feature values that <see cref="Build"/> may use; null computes them.</summary>
    internal StoredDatasets? Stored { get; init; }

    /// <summary>What the last <see cref="Build"/> did with them; null without.</summary>
    public StoredUse? Used { get; private set; }

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

    /// <summary>Evaluates the rows of every part, and learns the encodings from the training part.</summary>
    /// <param name="split">What each row is used for.</param>
    /// <param name="matureUntil">Rows after it are used for nothing: their labels may still change. Null where the split sees to that.</param>
    /// <exception cref="FlyballException">FLY3220, FLY3235, FLY3242: labels or categories that cannot be learned from.</exception>
    public TrainingSet Build(IRowSplit split, EventTime? matureUntil = null)
    {
        var (rows, places) = Labelled(matureUntil);
        var parts = split.Assign(rows);
        var drafts = ((SplitPart[])[SplitPart.Train, SplitPart.Validation, SplitPart.Test]).Select(part =>
        {
            var chosen = Enumerable.Range(0, rows.Count).Where(i => parts[i] == part).ToArray();
            var (sampled, factor) = part == SplitPart.Train ? model.Definition.Sampling.Sample(rows, chosen) : (chosen, 1.0);
            return (Part: part, Rows: sampled, Factor: factor);
        }).ToArray();
        var raws = Values(rows, places, [.. drafts.Select(d => d.Rows)]);
        var encoder = new FeatureEncoder([.. model.Vector.Columns.Select(c => c.Name)], EncodingLearner.Learn(model.Encodings, raws[0]));
        var made = drafts.Select((d, i) => Finish(d.Part, split, rows, places, d.Rows, raws[i], encoder)).ToArray();
        return new TrainingSet(made[0], made[1], made[2], encoder) { OddsFactor = drafts[0].Factor };
    }

    /// <summary>Inputs of another version, such as the champion, on the rows of a part that kept its requests.</summary>
    public float[] Inputs(FeatureVectorPlan vector, FeatureEncoder encoder, TrainingPart part)
    {
        var inputs = new float[part.Rows * encoder.Width];
        SideBySide.Run(part.Rows, BlockRows, (from, to) =>
        {
            var (scratch, values) = (new Value[vector.ScratchWidth], new Value[vector.Columns.Count]);
            for (var r = from; r < to; r++)
            {
                vector.Evaluate(state, part.Requests![r], part.Instants[r], horizon, scratch, values);
                encoder.Encode(values, inputs.AsSpan(r * encoder.Width, encoder.Width));
            }
        });
        return inputs;
    }

    /// <summary>Every labelled row, with the value of a column as its group; one group for a negative column.</summary>
    internal IEnumerable<SplitRow> Labels(int column) =>
        from s in spine
        let label = LabelOf(s.Row[model.RequestKeyIndex], s.Stamp.EventTime)
        where label is not null
        select new SplitRow(s.Stamp.Seq, s.Stamp.EventTime, label.Value, column < 0 ? Value.Null : s.Row[column]);

    private (List<SplitRow> Rows, List<int> Places) Labelled(EventTime? matureUntil)
    {
        var (rows, places) = (new List<SplitRow>(spine.Count), new List<int>(spine.Count));
        for (var i = 0; i < spine.Count; i++)
        {
            var (stamp, row) = spine[i];
            if ((matureUntil is { } until && stamp.EventTime > until) || LabelOf(row[model.RequestKeyIndex], stamp.EventTime) is not { } label)
            {
                continue;
            }

            rows.Add(new SplitRow(stamp.Seq, stamp.EventTime, label, row[model.GroupIndex]));
            places.Add(i);
        }

        return (rows, places);
    }

    /// <summary>The feature values of the parts: stored ones when they are of the same rows, otherwise computed, and stored for the next run.</summary>
    private RawPart[] Values(List<SplitRow> rows, List<int> places, int[][] chosen)
    {
        var shape = new RawShape(model.Vector, model.Encodings, project.Disclosure);
        float[][] outcomes = [.. chosen.Select(part => part.Select(i => (float)rows[i].Label).ToArray())];
        var key = Stored?.KeyOf(shape, [.. chosen.Select(part => part.Select(i => rows[i].Seq).ToArray())]);
        if (key is { } asked && Stored!.Read(asked, shape, [.. chosen.Select(part => (long)part.Length * shape.Width)]) is { } found)
        {
            Used = new StoredUse(asked, found.Digest, Taken: true);
            return [.. found.Parts.Select((values, i) => new RawPart(shape, values, outcomes[i]))];
        }

        // A damaged file may have left categories in the shape.
        shape = new RawShape(model.Vector, model.Encodings, project.Disclosure);
        float[][] computed = [.. chosen.Select(part => Evaluate(shape, places, part))];
        Used = key is { } made ? new StoredUse(made, Stored!.Write(made, shape, computed), Taken: false) : null;
        return [.. computed.Select((values, i) => new RawPart(shape, values, outcomes[i]))];
    }

    private float[] Evaluate(RawShape shape, List<int> places, int[] chosen)
    {
        var vector = model.Vector;
        var width = vector.Columns.Count;
        var raw = new float[(long)chosen.Length * width];
        var scratch = new Value[vector.ScratchWidth];
        var values = new Value[width];
        for (var r = 0; r < chosen.Length; r++)
        {
            var (stamp, row) = spine[places[chosen[r]]];
            vector.Evaluate(state, row, stamp.EventTime, horizon, scratch, values);
            shape.Write(values, raw.AsSpan(r * width, width));
        }

        return raw;
    }

    private TrainingPart Finish(SplitPart part, IRowSplit split, List<SplitRow> rows, List<int> places, int[] chosen, RawPart raw, FeatureEncoder encoder)
    {
        var isTrain = part == SplitPart.Train;
        var (inputs, profile) = EncodingLearner.Encode(encoder, raw, isTrain ? model.Encodings : null);
        return new TrainingPart(
            part.ToString().ToLowerInvariant(),
            split.RangeOf(part),
            [.. chosen.Select(i => rows[i].Seq)],
            [.. chosen.Select(i => rows[i].At)],
            inputs,
            raw.Labels,
            part == SplitPart.Test ? [.. chosen.Select(i => spine[places[i]].Row)] : null)
        {
            Profile = profile,
            Weights = isTrain ? model.Definition.Sampling.Weigh(raw.Labels, model.Labels.Classes) : null,
            Keys = [.. chosen.Select(i => spine[places[i]].Row[model.RequestKeyIndex])],
            Groups = [.. chosen.Select(i => rows[i].Group)],
        };
    }

    private void AddLabel(RowStamp stamp, RowIdentity identity, Value[] row)
    {
        var key = row[model.LabelKeyIndex];
        if (!key.IsNull)
        {
            (labels.TryGetValue(key, out var known) ? known : labels[key] = new LabelRows(model)).Add(stamp, identity, row[model.LabelValueIndex]);
        }
    }

    private double? LabelOf(Value key, EventTime t) =>
        (!key.IsNull && labels.TryGetValue(key, out var known) ? known.At(t) : model.Definition.Label.Absent);
}
