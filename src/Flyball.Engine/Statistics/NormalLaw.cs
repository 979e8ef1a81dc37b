using MathNet.Numerics;

namespace Flyball.Engine.Statistics;

/// <summary>The standard normal law.</summary>
public static class NormalLaw
{
    /// <summary>P(Z >= z), accurate in the far tail.</summary>
    public static double Survival(double z) => 0.5 * SpecialFunctions.Erfc(z / Math.Sqrt(2));

    /// <summary>The z with P(Z &lt; z) = <paramref name="probability"/>.</summary>
    public static double Quantile(double probability)
    {
        if (!(probability > 0 && probability < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "The quantile is finite for 0 < p < 1.");
        }

        return -Math.Sqrt(2) * SpecialFunctions.ErfcInv(2 * probability);
    }

    /// <summary>The two-sided critical value of a confidence level, 1.96 for 0.95.</summary>
    internal static double Critical(double confidence)
    {
        if (!(confidence > 0 && confidence < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "A confidence level lies between 0 and 1.");
        }

        return -Quantile((1 - confidence) / 2);
    }
}
