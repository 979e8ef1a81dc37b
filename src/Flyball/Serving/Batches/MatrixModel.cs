using Flyball.Engine.Expressions;
using Flyball.Training;

namespace Flyball.Serving.Batches;

/// <summary>A model that is loaded here: the rows become one matrix, and go through it together.</summary>
internal sealed class MatrixModel(ServedVersion version, BundleScorer scorer) : IBatchModel
{
    [ThreadStatic]
    private static float[]? inputsOfThread;

    public void Score(ScoreBatch batch)
    {
        var width = scorer.Encoder.Width;
        var inputs = inputsOfThread is { } kept && kept.Length >= batch.Count * width ? kept : inputsOfThread = new float[batch.Places.Length * width];
        var vector = new Value[version.Vector.Columns.Count];
        for (var i = 0; i < batch.Count; i++)
        {
            batch.Complete(i, vector);
            scorer.Encoder.Encode(vector, inputs.AsSpan(i * width, width));
        }

        scorer.ScoreMany(inputs.AsSpan(0, batch.Count * width), batch.Scores);
    }
}
