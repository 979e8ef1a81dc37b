using Flyball.Engine.Evaluation;

namespace Flyball.Training.Tasks;

/// <summary>Metrics of the probabilities of several classes.</summary>
internal static class ClassMetrics
{
    /// <summary>The mean of -ln of the probability of the true class, at least 1e-15, as scikit-learn bounds it.</summary>
    public static MetricValue LogLoss(ScoredRows rows)
    {
        if (rows.Probabilities is not { } probabilities || rows.Count == 0)
        {
            return MetricValue.None("no probabilities");
        }

        var sum = 0.0;
        for (var i = 0; i < rows.Count; i++)
        {
            sum -= Math.Log(Math.Max(1e-15, probabilities[i][(int)rows.Labels[i]]));
        }

        return MetricValue.Of(sum / rows.Count);
    }

    public static MetricValue Accuracy(ScoredRows rows)
    {
        if (rows.Probabilities is not { } probabilities || rows.Count == 0)
        {
            return MetricValue.None("no probabilities");
        }

        var right = 0;
        for (var i = 0; i < rows.Count; i++)
        {
            right += Best(probabilities[i]) == (int)rows.Labels[i] ? 1 : 0;
        }

        return MetricValue.Of((double)right / rows.Count);
    }

    /// <summary>The mean over classes of 2 TP / (2 TP + FP + FN); a class that is neither there nor answered is left out.</summary>
    public static MetricValue MacroF1(ScoredRows rows)
    {
        if (rows.Probabilities is not { Length: > 0 } probabilities)
        {
            return MetricValue.None("no probabilities");
        }

        var counts = new (int Hit, int Answered, int There)[probabilities[0].Length];
        for (var i = 0; i < rows.Count; i++)
        {
            var (best, truth) = (Best(probabilities[i]), (int)rows.Labels[i]);
            counts[best].Answered++;
            counts[truth].There++;
            counts[truth].Hit += best == truth ? 1 : 0;
        }

        return MetricValue.Of(counts.Where(c => c.Answered + c.There > 0).Average(c => 2.0 * c.Hit / (c.Answered + c.There)));
    }

    private static int Best(float[] probabilities)
    {
        var best = 0;
        for (var k = 1; k < probabilities.Length; k++)
        {
            best = probabilities[k] > probabilities[best] ? k : best;
        }

        return best;
    }
}
