using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Training.Datasets;
using Flyball.Training.ModelTests;

namespace Flyball.Training.Bundles;

/// <summary>Makes <c>golden.jsonl</c>: up to 200 test requests, chosen by the run's id, with what the packaged model makes of them.</summary>
internal static class GoldenRows
{
    public const int Most = 200;

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="test">The test part, with its requests.</param>
    /// <param name="reader">Reads the features of a test row as serving does.</param>
    /// <returns>The lines, and how many there are; a row without a finite score is no example and is left out.</returns>
    public static (byte[] Lines, int Rows) Of(ModelPlan model, TrainingPart test, FeatureReader reader, BundleScorer scorer)
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
            var score = scorer.ScoreOne(vector);
            if (!score.IsFinite)
            {
                continue;
            }

            var row = new GoldenRow(test.Seq[place], test.Instants[place], RowCodec.Of(model.Vector.Request).Write(Asked(model, test.Requests![place])), vector, score, rules.Decide(score.Calibrated));
            using (var writer = new Utf8JsonWriter(buffer, Compact))
            {
                row.Write(writer);
            }

            buffer.Write("\n"u8);
            rows++;
        }

        return (buffer.WrittenSpan.ToArray(), rows);
    }

    /// <summary>The row as a request has it: without the label, where that is a column of its own.</summary>
    private static Value[] Asked(ModelPlan model, Value[] row)
    {
        if (!model.HasOwnLabel)
        {
            return row;
        }

        var asked = (Value[])row.Clone();
        asked[model.LabelValueIndex] = Value.Null;
        return asked;
    }
}
