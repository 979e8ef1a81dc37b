using MathNet.Numerics;

namespace Flyball.Engine.Statistics;

/// <summary>
/// The law of the one-sample, two-sided Kolmogorov-Smirnov statistic and its limit. The choice of method follows Simard and
/// L'Ecuyer (Journal of Statistical Software 39(11), 2011).
/// <list type="number">
/// <item>Upper tail (n d^2 >= 4, or 2.2 from n = 141): twice the one-sided law, whose relative error is about exp(-6 n d^2),
/// at most 2e-6.</item>
/// <item>Small n d: Durbin's matrix in the form of Marsaglia, Tsang and Wang (2003), exact.</item>
/// <item>Otherwise the expansion of Pelz and Good (1976) to the order n^-3/2.</item>
/// </list>
/// </summary>
public static class KolmogorovLaw
{
    private const int LargestMatrix = 140;

    /// <summary>P(D_n >= d).</summary>
    public static double Survival(long n, double d)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        var scaled = n * d;
        if (scaled <= 0.5)
        {
            return 1;
        }

        if (d >= 1)
        {
            return 0;
        }

        if (scaled * d >= (n > 140 ? 2.2 : 4) || d >= 0.5)
        {
            return Math.Min(1, 2 * OneSidedSurvival(n, d));
        }

        return 1 - ((2 * (long)scaled) + 1 <= LargestMatrix ? MatrixCumulative(n, d) : ExpansionCumulative(n, d));
    }

    /// <summary>P(K >= x) of the limit law of sqrt(n) D_n.</summary>
    public static double LimitSurvival(double x)
    {
        if (x <= 0)
        {
            return 1;
        }

        if (x < 1)
        {
            // The theta transform converges fast where the alternating series does not.
            double sum = 0;
            for (var k = 1; k <= 20; k++)
            {
                var odd = (2 * k) - 1;
                sum += Math.Exp(-odd * odd * Math.PI * Math.PI / (8 * x * x));
            }

            return 1 - (Math.Sqrt(2 * Math.PI) / x * sum);
        }

        double tail = 0;
        for (var k = 1; k <= 20; k++)
        {
            tail += (k % 2 == 1 ? 2 : -2) * Math.Exp(-2.0 * k * k * x * x);
        }

        return tail;
    }

    /// <summary>P(D+_n >= d): the finite sum of Birnbaum and Tingey (1951), all terms positive. O(n).</summary>
    internal static double OneSidedSurvival(long n, double d)
    {
        double sum = 0;
        var lead = SpecialFunctions.GammaLn(n + 1.0);
        var last = (long)Math.Floor(n * (1 - d));
        for (long j = 0; j <= last; j++)
        {
            var share = d + ((double)j / n);
            var rest = 1 - share;
            if (rest <= 0)
            {
                // 0^(n-j) is 1 only for j = n, which the range of j excludes for d > 0.
                continue;
            }

            var log = lead - SpecialFunctions.GammaLn(j + 1.0) - SpecialFunctions.GammaLn(n - j + 1.0)
                + ((j - 1) * Math.Log(share)) + ((n - j) * Math.Log(rest));
            sum += Math.Exp(log);
        }

        return Math.Min(1, d * sum);
    }

    /// <summary>P(D_n &lt; d) as an entry of n!/n^n H^n, H of the size 2k-1 with k = floor(n d) + 1.</summary>
    public static double MatrixCumulative(long n, double d)
    {
        var k = (int)(n * d) + 1;
        var size = (2 * k) - 1;
        var h = k - (n * d);
        var matrix = new double[size, size];
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < size; j++)
            {
                matrix[i, j] = i - j + 1 < 0 ? 0 : 1;
            }
        }

        for (var i = 0; i < size; i++)
        {
            matrix[i, 0] -= Math.Pow(h, i + 1);
            matrix[size - 1, i] -= Math.Pow(h, size - i);
        }

        matrix[size - 1, 0] += (2 * h) - 1 > 0 ? Math.Pow((2 * h) - 1, size) : 0;
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < size; j++)
            {
                for (var g = 1; g <= i - j + 1; g++)
                {
                    matrix[i, j] /= g;
                }
            }
        }

        var (power, exponent) = Power(matrix, n, k - 1);
        var value = power[k - 1, k - 1];
        for (long i = 1; i <= n; i++)
        {
            value *= (double)i / n;
            if (value < 1e-140)
            {
                value *= 1e140;
                exponent -= 140;
            }
        }

        return Math.Clamp(value * Math.Pow(10, exponent), 0, 1);
    }

    /// <summary>P(D_n &lt; d) by K0 + K1/n^(1/2) + K2/n + K3/n^(3/2) at z = sqrt(n) d.</summary>
    public static double ExpansionCumulative(long n, double d)
    {
        var z = Math.Sqrt(n) * d;
        double z2 = z * z, z4 = z2 * z2, z6 = z4 * z2, z8 = z4 * z4;
        const double Pi2 = Math.PI * Math.PI;
        double k0 = 0, k1 = 0, k2 = 0, k3 = 0, k2Whole = 0, k3Whole = 0;
        for (var k = 0; k <= 40; k++)
        {
            // The sums over all integers are even in k + 1/2 and in k: one half of each, doubled.
            double half = (k + 0.5) * (k + 0.5) * Pi2, weight = 2 * Math.Exp(-half / (2 * z2));
            k0 += weight / 2;
            k1 += (half - z2) * weight;
            k2 += ((6 * z6) + (2 * z4) + (half * ((2 * z4) - (5 * z2))) + (half * half * (1 - (2 * z2)))) * weight;
            k3 += ((half * half * half * (5 - (30 * z2))) + (half * half * ((-60 * z2) + (212 * z4)))
                + (half * ((135 * z4) - (96 * z6))) - (30 * z6) - (90 * z8)) * weight;
            double whole = (double)k * k * Pi2, wholeWeight = 2 * Math.Exp(-whole / (2 * z2));
            k2Whole += whole * wholeWeight;
            k3Whole += ((-whole * whole) + (3 * whole * z2)) * wholeWeight;
        }

        var root = Math.Sqrt(Math.PI / 2);
        var size = Math.Sqrt(n);
        var value = (Math.Sqrt(2 * Math.PI) / z * k0)
            + (root / (6 * z4) * k1 / size)
            + (((root / (72 * z6 * z) * k2) - (root / (36 * z2 * z) * k2Whole)) / n)
            + (((root / (6480 * z8 * z2) * k3) + (root / (108 * z6) * k3Whole)) / (n * size));
        return Math.Clamp(value, 0, 1);
    }

    private static (double[,] Matrix, int Exponent) Power(double[,] matrix, long n, int pivot)
    {
        if (n == 1)
        {
            return (matrix, 0);
        }

        var (half, exponent) = Power(matrix, n / 2, pivot);
        var square = Multiply(half, half);
        exponent *= 2;
        var result = n % 2 == 0 ? square : Multiply(matrix, square);
        if (result[pivot, pivot] > 1e140)
        {
            foreach (ref var entry in AsSpan(result))
            {
                entry *= 1e-140;
            }

            exponent += 140;
        }

        return (result, exponent);
    }

    private static double[,] Multiply(double[,] a, double[,] b)
    {
        var size = a.GetLength(0);
        var product = new double[size, size];
        for (var i = 0; i < size; i++)
        {
            for (var k = 0; k < size; k++)
            {
                var factor = a[i, k];
                for (var j = 0; j < size; j++)
                {
                    product[i, j] += factor * b[k, j];
                }
            }
        }

        return product;
    }

    private static Span<double> AsSpan(double[,] matrix) =>
        System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref matrix[0, 0], matrix.Length);
}
