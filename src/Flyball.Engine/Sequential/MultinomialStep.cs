using System.Collections.Immutable;
using MathNet.Numerics;

namespace Flyball.Engine.Sequential;

/// <summary>The counts of one ramp step and the shares they are expected to follow.</summary>
/// <param name="Weights">Expected share of each arm; they sum to 1.</param>
/// <param name="Counts">Events of each arm in this step.</param>
public sealed record MultinomialStep(ImmutableArray<double> Weights, ImmutableArray<long> Counts)
{
    /// <summary>
    /// ln of the Bayes factor against the weights given, with a Dirichlet(K theta) prior on the alternative:
    /// lnG(K) - sum lnG(K theta_i) + sum lnG(K theta_i + S_i) - lnG(K + n) - sum S_i ln theta_i.
    /// An event in an arm of weight 0 is proof: +infinity.
    /// </summary>
    internal static double LogBayesFactor(ReadOnlySpan<double> weights, ReadOnlySpan<long> counts, double concentration)
    {
        double sum = 0;
        long total = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            if (counts[i] == 0)
            {
                continue;
            }

            if (weights[i] == 0)
            {
                return double.PositiveInfinity;
            }

            total += counts[i];
            sum += LogRising(concentration * weights[i], counts[i]) - (counts[i] * Math.Log(weights[i]));
        }

        return sum - LogRising(concentration, total);
    }

    /// <summary>ln G(a + n) - ln G(a).</summary>
    private static double LogRising(double a, long n) =>
        n == 0 ? 0 : SpecialFunctions.GammaLn(a + n) - SpecialFunctions.GammaLn(a);
}
