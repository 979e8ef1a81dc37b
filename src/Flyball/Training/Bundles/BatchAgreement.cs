using System.Globalization;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Native.OnnxRuntime;

namespace Flyball.Training.Bundles;

/// <summary>
/// Warms a loaded model in every size of a batch, and holds it to one rule: a row has the same score alone and among others.
/// <list type="number">
/// <item>The rows are the golden ones, or one of which everything is missing.</item>
/// <item>Each is scored alone, then in batches of 1, 2, 4 and so on.</item>
/// <item>A score that differs by more than <see cref="GoldenReplay.Tolerance"/>, relative to scores above one, is a defect: the model mixes rows, or was exported for one size.</item>
/// </list>
/// </summary>
internal static class BatchAgreement
{
    /// <summary>The sizes that are tried: requests with more rows are scored in blocks of the largest ones.</summary>
    public static IReadOnlyList<int> Buckets { get; } = [1, 2, 4, 8, 16, 32, 64];

    /// <summary>Null when every batch gives the scores of its rows. Cost: 64 rows alone, and 127 in batches.</summary>
    public static Problem? Defect(ModelBundle bundle, BundleScorer scorer)
    {
        var width = scorer.Encoder.Width;
        var rows = Buckets[^1];
        var inputs = Inputs(bundle, scorer, rows);
        try
        {
            var alone = new Score[rows];
            for (var r = 0; r < rows; r++)
            {
                scorer.ScoreMany(inputs.AsSpan(r * width, width), alone.AsSpan(r, 1));
            }

            foreach (var size in Buckets)
            {
                var together = new Score[size];
                scorer.ScoreMany(inputs.AsSpan(0, size * width), together);
                if (Enumerable.Range(0, size).Cast<int?>().FirstOrDefault(r => !Agree(alone[r!.Value], together[r.Value])) is { } wrong)
                {
                    return new Problem(
                        "FLY3905",
                        string.Create(CultureInfo.InvariantCulture, $"In a batch of {size} the model gives row {wrong + 1} another score than alone."),
                        new ProblemLocation(ModelBundle.OnnxName),
                        "Export the model so that rows do not touch each other: without batch statistics, and with an open batch dimension.");
                }
            }

            return null;
        }
        catch (OnnxRuntimeException e)
        {
            return new Problem("FLY3904", $"The model does not take every number of rows. {e.Message}", new ProblemLocation(ModelBundle.OnnxName), "Export it with an open batch dimension, [N, features].");
        }
    }

    private static float[] Inputs(ModelBundle bundle, BundleScorer scorer, int rows)
    {
        var width = scorer.Encoder.Width;
        List<Value[]> vectors = [.. GoldenReplay.Vectors(bundle).Take(rows)];
        if (vectors.Count == 0)
        {
            vectors.Add(new Value[scorer.Manifest.Features.Count]);
        }

        var inputs = new float[rows * width];
        for (var r = 0; r < rows; r++)
        {
            scorer.Encoder.Encode(vectors[r % vectors.Count], inputs.AsSpan(r * width, width));
        }

        return inputs;
    }

    private static bool Agree(in Score alone, in Score together) =>
        Agree(alone.Raw, together.Raw)
        && (alone.Probabilities ?? []).Length == (together.Probabilities ?? []).Length
        && (alone.Probabilities ?? []).Zip(together.Probabilities ?? []).All(p => Agree(p.First, p.Second));

    /// <summary>A score that is none must be none in both.</summary>
    private static bool Agree(float one, float other) =>
        one.Equals(other) || Math.Abs((double)one - other) <= GoldenReplay.Tolerance * Math.Max(1, Math.Abs(one));
}
