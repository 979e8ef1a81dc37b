using System.Text.Json.Serialization;

namespace Flyball.Engine.Evaluation;

/// <summary>
/// Logistic recalibration P(y=1) = 1 / (1 + exp(A score + B)) by maximum likelihood with the smoothed targets
/// (n1+1)/(n1+2) and 1/(n0+2) (Platt 1999), by Newton's method with backtracking in the stable form of Lin, Lin and Weng (2007).
/// Immutable; as JSON it is its own state.
/// </summary>
public sealed record PlattCalibration
{
    private const int MostSteps = 100;

    /// <exception cref="ArgumentException">A parameter is not finite.</exception>
    [JsonConstructor]
    public PlattCalibration(double a, double b)
    {
        if (!double.IsFinite(a) || !double.IsFinite(b))
        {
            throw new ArgumentException("The parameters are finite.", nameof(a));
        }

        A = a;
        B = b;
    }

    /// <summary>Slope; negative when larger scores mean more positives.</summary>
    public double A { get; }

    /// <summary>Offset.</summary>
    public double B { get; }

    /// <summary>Fits to labelled scores; null with the reason when there are no rows, one class only, one score only, or a score that is not finite.</summary>
    public static PlattCalibration? Fit(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, out string? insufficient)
    {
        insufficient = ScoreOrder.Refuse(scores, labels, asProbabilities: false)
            ?? ScoreOrder.RefuseOneClass(labels)
            ?? (scores.IndexOfAnyExcept(scores[0]) < 0 ? "all scores are equal" : null);
        if (insufficient is not null)
        {
            return null;
        }

        double positives = labels.Count(true), negatives = labels.Length - positives;
        double high = (positives + 1) / (positives + 2), low = 1 / (negatives + 2);
        double a = 0, b = Math.Log((negatives + 1) / (positives + 1));
        var loss = Loss(scores, labels, high, low, a, b);
        for (var iteration = 0; iteration < MostSteps; iteration++)
        {
            double h11 = 1e-12, h22 = 1e-12, h21 = 0, g1 = 0, g2 = 0;
            for (var i = 0; i < scores.Length; i++)
            {
                var p = Logistic((a * scores[i]) + b);
                double weight = p * (1 - p), gap = (labels[i] ? high : low) - p;
                h11 += scores[i] * scores[i] * weight;
                h22 += weight;
                h21 += scores[i] * weight;
                g1 += scores[i] * gap;
                g2 += gap;
            }

            if (Math.Abs(g1) < 1e-10 * scores.Length && Math.Abs(g2) < 1e-10 * scores.Length)
            {
                break;
            }

            var determinant = (h11 * h22) - (h21 * h21);
            double da = -((h22 * g1) - (h21 * g2)) / determinant, db = -((h11 * g2) - (h21 * g1)) / determinant;
            var slope = (g1 * da) + (g2 * db);
            var step = 1.0;
            for (; step >= 1e-10; step /= 2)
            {
                var next = Loss(scores, labels, high, low, a + (step * da), b + (step * db));
                if (next < loss + (1e-4 * step * slope))
                {
                    (a, b, loss) = (a + (step * da), b + (step * db), next);
                    break;
                }
            }

            if (step < 1e-10)
            {
                // No descent left in double precision: this is the optimum.
                break;
            }
        }

        if (double.IsFinite(a) && double.IsFinite(b))
        {
            return new PlattCalibration(a, b);
        }

        insufficient = "the fit did not converge";
        return null;
    }

    /// <summary>The calibrated probability of a score, 0..1.</summary>
    /// <exception cref="ArgumentException">The score is NaN.</exception>
    public double Apply(double score) =>
        double.IsNaN(score) ? throw new ArgumentException("A score is a number.", nameof(score)) : Logistic((A * score) + B);

    /// <summary>1 / (1 + e^z) without overflow.</summary>
    private static double Logistic(double z) => z >= 0 ? Math.Exp(-z) / (1 + Math.Exp(-z)) : 1 / (1 + Math.Exp(z));

    private static double Loss(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, double high, double low, double a, double b)
    {
        double sum = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            var z = (a * scores[i]) + b;
            var target = labels[i] ? high : low;

            // -t ln p - (1-t) ln(1-p), in the half-plane where exp does not overflow.
            sum += z >= 0 ? (target * z) + Math.Log(1 + Math.Exp(-z)) : ((target - 1) * z) + Math.Log(1 + Math.Exp(z));
        }

        return sum;
    }
}
