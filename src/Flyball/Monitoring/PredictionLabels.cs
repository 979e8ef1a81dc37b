using System.Buffers;
using Flyball.Contracts.Rows;
using Flyball.Contracts.Snapshots;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Serving;
using Flyball.Storage.Journals;
using Flyball.Training;

namespace Flyball.Monitoring;

/// <summary>
/// Joins labels to what was predicted.
/// 1. Labels wait as they come in; predictions stand in a log of their own. 2. A round reads the predictions that are new and takes both in the order of their
/// times, so that a label meets its prediction before the window closes. 3. It runs when somebody asks, daily, and when many labels wait.
/// Memory: the predictions of one label window and at most about <see cref="MostWaiting"/> labels. Safe from any thread.
/// </summary>
internal sealed class PredictionLabels
{
    public const int MostWaiting = 65_536;

    private readonly Journal predictions;
    private readonly Dictionary<string, (ModelPlan Model, LabelJoin Join)> models;
    private readonly Lock gate = new();
    private readonly Lock round = new();
    private List<(long At, LabelJoin Join, Value Key, double Label)> waiting = [];
    private Horizon read;

    public PredictionLabels(Journal predictions, IEnumerable<ModelPlan> models)
    {
        this.predictions = predictions;
        this.models = models.ToDictionary(m => m.Name, m => (m, new LabelJoin(m.Definition.Label.WindowMicros, m.Definition.Label.Absent)), StringComparer.Ordinal);
    }

    /// <summary>The join of a model; lock it to read it.</summary>
    public LabelJoin JoinOf(string model) => models[model].Join;

    public void AddLabel(string model, in Value key, double label, EventTime at)
    {
        bool isFull;
        lock (gate)
        {
            waiting.Add((at.Micros, models[model].Join, key, label));
            isFull = waiting.Count % MostWaiting == 0;
        }

        // Whoever runs a round already takes these too, or the next one does.
        if (isFull && round.TryEnter())
        {
            try
            {
                Join(toEnd: false);
            }
            finally
            {
                round.Exit();
            }
        }
    }

    /// <summary>Takes all that came in. Cost: reads the prediction log from where it was read before.</summary>
    public async Task JoinAsync(CancellationToken cancellation)
    {
        await predictions.FlushAsync();
        cancellation.ThrowIfCancellationRequested();
        lock (round)
        {
            Join(toEnd: true);
        }
    }

    /// <summary>Writes all of it; no label comes meanwhile.</summary>
    public void Write(IBufferWriter<byte> into)
    {
        lock (round)
        {
            NumberForm.Write(into, read.Seq);
            var names = models.Keys.Order(StringComparer.Ordinal).ToList();
            foreach (var name in names)
            {
                var join = models[name].Join;
                lock (join)
                {
                    join.Write(into);
                }
            }

            lock (gate)
            {
                foreach (var (at, join, key, label) in waiting)
                {
                    NumberForm.Write(into, names.FindIndex(n => ReferenceEquals(models[n].Join, join)));
                    NumberForm.Write(into, at);
                    ValueForm.Write(into, key);
                    NumberForm.Write(into, BitConverter.DoubleToInt64Bits(label));
                }
            }
        }
    }

    /// <summary>Takes over what <see cref="Write"/> wrote, for the same models; false, and as empty as before, when it is of another prediction log.</summary>
    public bool TryRead(ReadOnlySpan<byte> from)
    {
        var position = new Horizon(NumberForm.Read(ref from));
        if (position > predictions.Durable)
        {
            return false;
        }

        read = position;
        var names = models.Keys.Order(StringComparer.Ordinal).ToList();
        foreach (var name in names)
        {
            models[name].Join.Read(ref from);
        }

        while (from.Length > 0)
        {
            var join = models[names[(int)NumberForm.Read(ref from)]].Join;
            var at = NumberForm.Read(ref from);
            var key = ValueForm.Read(ref from);
            waiting.Add((at, join, key, BitConverter.Int64BitsToDouble(NumberForm.Read(ref from))));
        }

        return true;
    }

    private void Join(bool toEnd)
    {
        List<(long At, LabelJoin Join, Value Key, double Label)> labels;
        lock (gate)
        {
            (labels, waiting) = (waiting, []);
        }

        labels = [.. labels.OrderBy(l => l.At)]; // stable: labels of one time stay in the order of the log
        var next = 0;
        var reached = long.MinValue;
        var rows = new Dictionary<string, Value[]>(StringComparer.Ordinal);
        foreach (var record in predictions.Read(read, predictions.Durable))
        {
            read = new Horizon(record.Seq);
            var prediction = PredictionCodec.Decode(record.Payload.Span);
            if (prediction.IsTest || !models.TryGetValue(prediction.Model, out var of))
            {
                continue;
            }

            reached = Math.Max(reached, prediction.Instant.Micros);
            for (; next < labels.Count && labels[next].At < prediction.Instant.Micros; next++)
            {
                Take(labels[next]);
            }

            var request = of.Model.Vector.Request;
            if (!rows.TryGetValue(prediction.Model, out var row))
            {
                rows[prediction.Model] = row = new Value[request.Schema.Fields.Count];
            }

            RowCodec.Of(request).ReadStored(prediction.Request.Span, row);
            var join = of.Join;
            lock (join)
            {
                join.AddRequest(row[of.Model.RequestKeyIndex], prediction.Instant);
            }

            if (!toEnd && next == labels.Count)
            {
                break; // later predictions wait for their own labels
            }
        }

        for (; next < labels.Count && (toEnd || labels[next].At < reached || reached == long.MinValue); next++)
        {
            Take(labels[next]);
        }

        if (next < labels.Count)
        {
            lock (gate)
            {
                waiting.InsertRange(0, labels.Skip(next));
            }
        }
    }

    private static void Take((long At, LabelJoin Join, Value Key, double Label) label)
    {
        var join = label.Join;
        lock (join)
        {
            join.AddLabel(label.Key, label.Label, new EventTime(label.At));
        }
    }
}
