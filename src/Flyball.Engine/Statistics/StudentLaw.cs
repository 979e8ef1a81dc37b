using MathNet.Numerics;

namespace Flyball.Engine.Statistics;

/// <summary>Student's t law.</summary>
public static class StudentLaw
{
    /// <summary>P(|T| >= |t|) with the given degrees of freedom, by the regularised incomplete beta function.</summary>
    public static double TwoSided(double t, long degrees)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        return SpecialFunctions.BetaRegularized(degrees / 2.0, 0.5, degrees / (degrees + (t * t)));
    }

    /// <summary>The t with P(|T| &lt; t) = <paramref name="confidence"/>, by bisection to the last bit.</summary>
    public static double Critical(double confidence, long degrees)
    {
        if (!(confidence > 0 && confidence < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "A confidence level lies between 0 and 1.");
        }

        double low = 0, high = 1;
        while (TwoSided(high, degrees) > 1 - confidence)
        {
            high *= 2;
        }

        for (var i = 0; i < 100 && high - low > 1e-15 * high; i++)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = TwoSided(middle, degrees) > 1 - confidence ? (middle, high) : (low, middle);
        }

        return low + ((high - low) / 2);
    }
}
