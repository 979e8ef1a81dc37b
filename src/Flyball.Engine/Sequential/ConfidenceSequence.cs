using System.Text.Json.Serialization;
using Flyball.Engine.Statistics;

namespace Flyball.Engine.Sequential;

/// <summary>
/// Asymptotic confidence sequence for a difference of means or proportions, valid at every look after a mandatory burn-in
/// (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, arXiv 2103.06476).
/// <list type="number">
/// <item>V = n SE^2 with n the rows of both arms; rho^2 = (-2 ln a + ln(-2 ln a + 1)) / N*, tightest at n = N*.</item>
/// <item>Two-sided: d -+ sqrt(V) sqrt(2 (n rho^2 + 1) / (n^2 rho^2) ln(sqrt(n rho^2 + 1) / a)).</item>
/// <item>One-sided: the same with ln(1 + sqrt(n rho^2 + 1) / (2a)) and rho from 2a.</item>
/// </list>
/// Serves means and business metrics; errors are guarded better by <see cref="MultinomialTest"/>.
/// An immutable record; as JSON it is its own stored state.
/// </summary>
/// <param name="Alpha">Level over all looks together; for k guardrails give each alpha / k.</param>
/// <param name="BurnIn">What each arm must have seen first.</param>
/// <param name="TightestAt">N*, the number of rows at which the sequence is tightest.</param>
/// <param name="Control">Moments of the control.</param>
/// <param name="Canary">Moments of the canary.</param>
/// <param name="PValue">Smallest p value at any look so far.</param>
public sealed record ConfidenceSequence(
    double Alpha,
    BurnIn BurnIn,
    long TightestAt,
    Moments Control,
    Moments Canary,
    double PValue = 1)
{
    /// <summary>rho of the two-sided sequence.</summary>
    [JsonIgnore]
    public double Rho => RhoOf(Alpha, TightestAt);

    /// <summary>rho of the one-sided sequence.</summary>
    [JsonIgnore]
    public double OneSidedRho => RhoOf(2 * Alpha, TightestAt);

    /// <summary>A sequence without rows.</summary>
    public static ConfidenceSequence Start(double alpha, BurnIn burnIn, long tightestAt = 5000)
    {
        if (!(alpha > 0 && alpha < 0.5))
        {
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "A level lies between 0 and 0.5.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(tightestAt, 1);
        return new ConfidenceSequence(alpha, burnIn, tightestAt, default, default);
    }

    /// <summary>Merges new rows of both arms and looks.</summary>
    public ConfidenceSequence Add(Moments control, Moments canary)
    {
        var next = this with { Control = Control.Merge(control), Canary = Canary.Merge(canary) };
        return next.Look().EValue is { } e ? next with { PValue = Math.Min(PValue, Math.Min(1, 1 / e)) } : next;
    }

    /// <summary>The estimate at this moment.</summary>
    public SequentialEstimate Look()
    {
        var difference = Canary.Mean - Control.Mean;
        var variance = (Canary.SampleVariance / Canary.Count ?? 0) + (Control.SampleVariance / Control.Count ?? 0);
        if (!BurnIn.IsOver(Control) || !BurnIn.IsOver(Canary))
        {
            return new SequentialEstimate(false, difference, variance, null, null, null);
        }

        double n = Control.Count + Canary.Count, scaled = n * variance;
        double rho2 = Rho * Rho, spread = (n * rho2) + 1;
        double oneRho2 = OneSidedRho * OneSidedRho, oneSpread = (n * oneRho2) + 1;
        return new SequentialEstimate(
            true,
            difference,
            variance,
            Math.Sqrt(scaled * 2 * spread / (n * n * rho2) * Math.Log(Math.Sqrt(spread) / Alpha)),
            Math.Sqrt(scaled * 2 * oneSpread / (n * n * oneRho2) * Math.Log(1 + (Math.Sqrt(oneSpread) / (2 * Alpha)))),
            EValueOf(n * difference * difference / variance, rho2, spread));
    }

    /// <summary>
    /// The decision of a guardrail: rollback when the lower bound of the harm is above 0, promotion allowed when its upper bound is
    /// below the margin, inconclusive when neither holds at the deadline.
    /// </summary>
    /// <param name="higherIsWorse">Direction of harm: true for an error rate, false for revenue.</param>
    /// <param name="margin">Harm that is still accepted, in the unit of the metric.</param>
    /// <param name="deadlinePassed">Whether the rollout has no more time.</param>
    public SequentialDecision Decide(bool higherIsWorse, double margin, bool deadlinePassed = false)
    {
        var look = Look();
        if (look.OneSidedHalfWidth is { } width)
        {
            var harm = higherIsWorse ? look.Difference : -look.Difference;
            if (harm - width > 0)
            {
                return SequentialDecision.Rollback;
            }

            if (harm + width < margin)
            {
                return SequentialDecision.PromoteOk;
            }
        }

        return deadlinePassed ? SequentialDecision.Inconclusive : SequentialDecision.Continue;
    }

    private static double RhoOf(double alpha, long tightestAt) =>
        Math.Sqrt(((-2 * Math.Log(alpha)) + Math.Log((-2 * Math.Log(alpha)) + 1)) / tightestAt);

    // Kept finite, so that the state survives JSON: at 1e300 everything is decided.
    private static double EValueOf(double s, double rho2, double spread) =>
        Math.Min(1e300, Math.Exp(rho2 * s / (2 * spread)) / Math.Sqrt(spread));
}
