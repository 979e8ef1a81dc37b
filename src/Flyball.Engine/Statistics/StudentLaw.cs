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
}
