namespace Flyball.Engine.Evaluation;

/// <summary>Checks and orders that the metrics share.</summary>
internal static class ScoreOrder
{
    public const string NoRows = "no rows";

    /// <summary>Why scores and labels cannot be evaluated, or null.</summary>
    /// <exception cref="ArgumentException">The spans differ in length: a bug of the caller.</exception>
    public static string? Refuse(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, bool asProbabilities)
    {
        if (scores.Length != labels.Length)
        {
            throw new ArgumentException($"{scores.Length} scores for {labels.Length} labels.", nameof(labels));
        }

        if (scores.IsEmpty)
        {
            return NoRows;
        }

        foreach (var score in scores)
        {
            if (!double.IsFinite(score))
            {
                return "a score is NaN or infinite";
            }

            if (asProbabilities && score is < 0 or > 1)
            {
                return "a score is outside 0..1 and no probability";
            }
        }

        return null;
    }

    /// <summary>Both classes are needed to rank.</summary>
    public static string? RefuseOneClass(ReadOnlySpan<bool> labels)
    {
        var positives = labels.Count(true);
        return positives == 0 ? "no positives" : positives == labels.Length ? "no negatives" : null;
    }

    /// <summary>Row indices by ascending score, equal scores in the order of the rows.</summary>
    public static int[] Ascending(ReadOnlySpan<double> scores)
    {
        var keys = scores.ToArray();
        var order = new int[keys.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        // The sort is not stable: equal runs are put back in order of their rows.
        Array.Sort(keys, order);
        for (var start = 0; start < keys.Length;)
        {
            var end = start + 1;
            while (end < keys.Length && keys[end] == keys[start])
            {
                end++;
            }

            Array.Sort(order, start, end - start);
            start = end;
        }

        return order;
    }
}
