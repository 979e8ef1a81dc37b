using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using Flyball.Contracts.Privacy;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Features;
using Flyball.Training.Datasets;
using Flyball.Training.ModelTests;

namespace Flyball.Training.Bundles;

/// <summary>
/// Makes <c>golden.jsonl</c>: up to 200 test requests, chosen by the run's id, with what the packaged model makes of them. Of a request it holds the
/// fields that the vector reads. Values that stay in the log (<see cref="Disclosure"/>) are null, in the request and in the vector, and the score is what
/// the model gives without them.
/// </summary>
internal sealed class GoldenRows(ModelPlan model, FeatureDisclosure disclosure)
{
    public const int Most = 200;

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly bool[] shown = Shown(model);
    private readonly bool[] open = [.. model.Vector.Columns.Select(c => disclosure.IsOpen(c.Name))];

    /// <param name="test">The test part, with its requests.</param>
    /// <param name="reader">Reads the features of a test row as serving does.</param>
    /// <returns>The lines, and how many there are; a row without a finite score is no example and is left out.</returns>
    public (byte[] Lines, int Rows) Of(TrainingPart test, FeatureReader reader, BundleScorer scorer)
    {
        var seed = BinaryPrimitives.ReadUInt64LittleEndian(Digest.Of(scorer.Manifest.RunId).ToBytes());
        var rules = DecisionRules.Compile(scorer.Manifest.Decide, new ProblemLocation(ModelBundle.ManifestName), _ => { });
        var scratch = new Value[reader.ScratchWidth];
        var buffer = new ArrayBufferWriter<byte>();
        var rows = 0;
        foreach (var place in RowSample.Choose(Enumerable.Range(0, test.Rows), r => test.Seq[r], seed, Most))
        {
            var vector = new Value[model.Vector.Columns.Count];
            reader.Read(place, scratch, vector);
            Hide(vector, open);
            var score = scorer.ScoreOne(vector);
            if (!score.IsFinite)
            {
                continue;
            }

            var asked = (Value[])test.Requests![place].Clone();
            Hide(asked, shown);
            var row = new GoldenRow(test.Seq[place], test.Instants[place], RowCodec.Of(model.Vector.Request).Write(asked), vector, score, rules.Decide(score.Calibrated));
            using (var writer = new Utf8JsonWriter(buffer, Compact))
            {
                row.Write(writer);
            }

            buffer.Write("\n"u8);
            rows++;
        }

        return (buffer.WrittenSpan.ToArray(), rows);
    }

    /// <summary>Open columns that the vector reads, by themselves or to find an entity, and the time; never the label.</summary>
    private static bool[] Shown(ModelPlan model)
    {
        var request = model.Vector.Request;
        var read = model.Vector.Columns.SelectMany(c => c.RequestColumns).ToHashSet(StringComparer.Ordinal);
        var entities = model.Vector.Entities.Select(e => e.RequestColumn).ToHashSet();
        return
        [
            .. request.Schema.Fields.Select((f, i) =>
                (read.Contains(f.Name) || entities.Contains(i) || i == request.EventTimeIndex)
                && Disclosure.IsOpen(request, i)
                && !(model.HasOwnLabel && i == model.LabelValueIndex)),
        ];
    }

    private static void Hide(Value[] values, bool[] kept)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = kept[i] ? values[i] : Value.Null;
        }
    }
}
