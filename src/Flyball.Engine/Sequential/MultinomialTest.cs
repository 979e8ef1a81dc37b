using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Flyball.Engine.Sequential;

/// <summary>
/// Sequential test that events fall on the arms in given shares, exact and valid at every look (Lindon and Malek,
/// arXiv 2011.03567).
/// <list type="number">
/// <item>Assignments as events and traffic shares as weights: a sample-ratio-mismatch gate.</item>
/// <item>Bad events (errors, timeouts, fallbacks) as events and traffic shares as weights: a guardrail on equal bad-event rates
/// that stays right when the common rate moves with the time of day.</item>
/// <item>A ramp opens a step with its own weights; the evidence of the steps multiplies.</item>
/// </list>
/// Labels must be independent given an event: with sticky units count the first bad event of a unit only.
/// An immutable record; as JSON it is its own stored state.
/// </summary>
/// <param name="Concentration">K of the Dirichlet prior K theta: how close to the weights the alternative is expected. Large for small deviations.</param>
/// <param name="Steps">Ramp steps, the last is open.</param>
/// <param name="PValue">Smallest p value at any look so far: valid however often it was looked at.</param>
public sealed record MultinomialTest(double Concentration, ImmutableArray<MultinomialStep> Steps, double PValue = 1)
{
    // Rates that differ by more than a factor e^50 are not told apart.
    private const double WidestLogRatio = 50;

    /// <summary>ln B over all steps: positive speaks against the weights.</summary>
    [JsonIgnore]
    public double LogBayesFactor
    {
        get
        {
            double sum = 0;
            foreach (var step in Steps)
            {
                sum += MultinomialStep.LogBayesFactor(step.Weights.AsSpan(), step.Counts.AsSpan(), Concentration);
            }

            return sum;
        }
    }

    /// <summary>A test without events.</summary>
    /// <param name="weights">Expected share of each arm, summing to 1.</param>
    /// <param name="concentration">K; 10 suits error guardrails at shares of 5 to 10 %, 10000 a mismatch of assignments.</param>
    public static MultinomialTest Start(ReadOnlySpan<double> weights, double concentration)
    {
        if (!(concentration > 0 && double.IsFinite(concentration)))
        {
            throw new ArgumentOutOfRangeException(nameof(concentration), concentration, "The concentration is positive.");
        }

        return new MultinomialTest(concentration, [Open(weights)]);
    }

    /// <summary>Adds events to the open step and looks.</summary>
    public MultinomialTest Add(ReadOnlySpan<long> counts)
    {
        var step = Steps[^1];
        if (counts.Length != step.Counts.Length)
        {
            throw new ArgumentException($"{counts.Length} counts for {step.Counts.Length} arms.", nameof(counts));
        }

        var sums = step.Counts.ToBuilder();
        for (var i = 0; i < counts.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(counts[i], nameof(counts));
            sums[i] += counts[i];
        }

        var next = this with { Steps = Steps.SetItem(Steps.Length - 1, step with { Counts = sums.ToImmutable() }) };
        return next with { PValue = Math.Min(PValue, Math.Exp(-next.LogBayesFactor)) };
    }

    /// <summary>Adds one event of an arm and looks.</summary>
    public MultinomialTest Observe(int arm)
    {
        Span<long> counts = stackalloc long[Steps[^1].Counts.Length];
        counts[arm] = 1;
        return Add(counts);
    }

    /// <summary>Closes the open step and opens one with other weights.</summary>
    public MultinomialTest Ramp(ReadOnlySpan<double> weights)
    {
        if (weights.Length != Steps[^1].Weights.Length)
        {
            throw new ArgumentException("A ramp keeps the arms.", nameof(weights));
        }

        return this with { Steps = Steps.Add(Open(weights)) };
    }

    /// <summary>Whether the weights are refused at a level: ln B > ln(1/alpha) at any look so far.</summary>
    public bool Rejects(double alpha)
    {
        RequireLevel(alpha);
        return PValue < alpha;
    }

    /// <summary>
    /// Confidence set, at all looks together, of the ratio of the second arm's bad-event rate to the first's: the ratios r for
    /// which the shares psi_j = r s_j / (r s_j + 1 - s_j) of the steps are not refused. Two arms, the first is control.
    /// </summary>
    public RateRatio RateRatio(double alpha)
    {
        RequireLevel(alpha);
        if (Steps[0].Weights.Length != 2)
        {
            throw new InvalidOperationException("A rate ratio compares two arms.");
        }

        var bound = Math.Log(1 / alpha);
        long control = 0, canary = 0;
        double expected = 0;
        foreach (var step in Steps.Where(s => s.Weights[0] > 0 && s.Weights[1] > 0))
        {
            control += step.Counts[0];
            canary += step.Counts[1];
            expected += step.Counts[0] * step.Weights[1] / step.Weights[0];
        }

        if (control + canary == 0)
        {
            return new RateRatio(0, null);
        }

        // Pooled over the steps this is close to the best-fitting ratio: an inner point from which both ends are sought.
        var middle = Math.Log((canary + 0.5) / (expected + 0.5));
        if (LogBayesFactorAt(middle) > bound)
        {
            middle = Minimise();
        }

        return new RateRatio(
            canary == 0 ? 0 : Math.Exp(End(middle, -WidestLogRatio, bound)),
            control == 0 ? null : Math.Exp(End(middle, WidestLogRatio, bound)));
    }

    private static MultinomialStep Open(ReadOnlySpan<double> weights)
    {
        double sum = 0;
        foreach (var weight in weights)
        {
            if (!(weight >= 0 && weight <= 1))
            {
                throw new ArgumentException("A weight lies in 0..1.", nameof(weights));
            }

            sum += weight;
        }

        if (weights.Length < 2 || Math.Abs(sum - 1) > 1e-9)
        {
            throw new ArgumentException("At least two weights that sum to 1 are needed.", nameof(weights));
        }

        return new MultinomialStep([.. weights], [.. new long[weights.Length]]);
    }

    private static void RequireLevel(double alpha)
    {
        if (!(alpha > 0 && alpha < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "A level lies between 0 and 1.");
        }
    }

    private double LogBayesFactorAt(double logRatio)
    {
        double sum = 0, ratio = Math.Exp(logRatio);
        Span<double> weights = stackalloc double[2];
        foreach (var step in Steps)
        {
            // An arm without traffic tells nothing about its rate.
            if (step.Weights[0] > 0 && step.Weights[1] > 0)
            {
                var canary = ratio * step.Weights[1] / ((ratio * step.Weights[1]) + step.Weights[0]);
                weights[0] = step.Weights[0] / ((ratio * step.Weights[1]) + step.Weights[0]);
                weights[1] = canary;
                sum += MultinomialStep.LogBayesFactor(weights, step.Counts.AsSpan(), Concentration);
            }
        }

        return sum;
    }

    private double Minimise()
    {
        double low = -WidestLogRatio, high = WidestLogRatio;
        for (var i = 0; i < 200; i++)
        {
            double left = low + ((high - low) / 3), right = high - ((high - low) / 3);
            (low, high) = LogBayesFactorAt(left) < LogBayesFactorAt(right) ? (low, right) : (left, high);
        }

        return (low + high) / 2;
    }

    private double End(double inside, double outside, double bound)
    {
        for (var i = 0; i < 100; i++)
        {
            var middle = (inside + outside) / 2;
            (inside, outside) = LogBayesFactorAt(middle) <= bound ? (middle, outside) : (inside, middle);
        }

        return outside;
    }
}
