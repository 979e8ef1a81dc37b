using MathNet.Numerics;

namespace Flyball.Engine.Statistics;

/// <summary>The chi-square law, central and non-central.</summary>
public static class ChiSquare
{
    // Beyond this the square root of a non-central chi-square variable is normal to better than 1e-4 of its spread.
    private const double NormalBeyond = 1e5;

    /// <summary>P(X >= <paramref name="x"/>), accurate in the far tail.</summary>
    public static double Survival(double x, int degrees)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        ArgumentOutOfRangeException.ThrowIfEqual(double.IsNaN(x), true, nameof(x));
        return x <= 0 ? 1 : SpecialFunctions.GammaUpperRegularized(degrees / 2.0, x / 2);
    }

    /// <summary>The x with P(X &lt; x) = <paramref name="probability"/>, by bisection to the last bit.</summary>
    public static double Quantile(double probability, int degrees)
    {
        if (!(probability >= 0 && probability < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "The quantile is finite for 0 <= p < 1.");
        }

        double low = 0, high = degrees;
        while (Survival(high, degrees) > 1 - probability)
        {
            high *= 2;
        }

        return Bisect(low, high, x => Survival(x, degrees) > 1 - probability);
    }

    /// <summary>
    /// P(X >= x) for non-centrality lambda: the Poisson(lambda/2) mixture of central survivals, summed outwards from its largest
    /// weight with the recurrence Q(a+1, y) = Q(a, y) + y^a e^-y / Gamma(a+1). O(sqrt(lambda)).
    /// </summary>
    public static double NoncentralSurvival(double x, int degrees, double lambda)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lambda);
        if (lambda == 0 || x <= 0)
        {
            return Survival(x, degrees);
        }

        double half = lambda / 2, y = x / 2;
        var mode = Math.Floor(half);
        var weight = Math.Exp((mode * Math.Log(half)) - half - SpecialFunctions.GammaLn(mode + 1));
        var shape = (degrees / 2.0) + mode;
        var tail = SpecialFunctions.GammaUpperRegularized(shape, y);
        var step = Math.Exp((shape * Math.Log(y)) - y - SpecialFunctions.GammaLn(shape + 1));
        var sum = weight * tail;

        double w = weight, q = tail, s = step, a = shape;
        for (var j = mode + 1; w > 1e-18; j++)
        {
            q += s;
            a++;
            s *= y / a;
            w *= half / j;
            sum += w * Math.Min(q, 1);
        }

        w = weight;
        q = tail;
        a = shape;
        s = step;
        for (var j = mode; j > 0 && w > 1e-18; j--)
        {
            s *= a / y;
            a--;
            q = Math.Max(q - s, 0);
            w *= j / half;
            sum += w * q;
        }

        return Math.Min(sum, 1);
    }

    /// <summary>The smallest non-centrality not refused at level alpha by the observed x; 0 when x itself is unremarkable.</summary>
    public static double NoncentralityLowerBound(double x, int degrees, double alpha)
    {
        if (!(alpha > 0 && alpha < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "A level lies between 0 and 1.");
        }

        if (Survival(x, degrees) >= alpha)
        {
            return 0;
        }

        if (x > NormalBeyond)
        {
            var root = Math.Sqrt(x) + NormalLaw.Quantile(alpha);
            return Math.Max(0, (root * root) - (degrees - 1));
        }

        // At lambda = x the survival is about one half, and it grows with lambda.
        return Bisect(0, 2 * x, lambda => NoncentralSurvival(x, degrees, lambda) < alpha);
    }

    private static double Bisect(double low, double high, Func<double, bool> goRight)
    {
        for (var i = 0; i < 200 && high - low > 1e-15 * high; i++)
        {
            var middle = low + ((high - low) / 2);
            if (goRight(middle))
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return low + ((high - low) / 2);
    }
}
