namespace Flyball.Training.Evaluation;

/// <summary>The test rows as one version's model takes them.</summary>
/// <param name="Scorer">The version, loaded.</param>
/// <param name="Values">Rows times inputs of the model; NaN is missing.</param>
/// <param name="Rows">Test rows.</param>
internal sealed record ModelInputs(BundleScorer Scorer, float[] Values, int Rows)
{
    /// <summary>The names of the inputs in order.</summary>
    public IReadOnlyList<string> Names => Scorer.Encoder.InputNames;

    /// <summary>At most so many rows, evenly spaced.</summary>
    public int[] Places(int most)
    {
        var count = Math.Min(most, Rows);
        return [.. Enumerable.Range(0, count).Select(i => (int)((long)i * Rows / count))];
    }

    /// <summary>The inputs of the rows at some places.</summary>
    public float[] At(int[] places)
    {
        var (width, found) = (Names.Count, new float[places.Length * Names.Count]);
        for (var i = 0; i < places.Length; i++)
        {
            Values.AsSpan(places[i] * width, width).CopyTo(found.AsSpan(i * width));
        }

        return found;
    }
}
