using Flyball.Engine.Time;

namespace Flyball.Engine.Windows;

/// <summary>The exact sums of the values that entered, and what follows from them with one rounding a step.</summary>
internal readonly ref struct Moments(long count, MomentLayout layout, Span<ulong> limbs)
{
    private const int MostLimbs = 80;

    private readonly Span<ulong> limbs = limbs;

    public long Count { get; } = count;

    /// <summary>Σx, rounded once; infinite beyond the range of a double.</summary>
    public double Sum
    {
        get
        {
            // A copy, because rounding a negative number overwrites it.
            var source = limbs[layout.Sum];
            Span<ulong> sum = stackalloc ulong[source.Length];
            source.CopyTo(sum);
            var (mantissa, exponent) = Limbs.Rounded(sum);
            return Scaled(mantissa, exponent - layout.Scale);
        }
    }

    /// <summary>Σx of integers; false when it leaves 64 bits.</summary>
    public bool TryGetInteger(out long sum)
    {
        var parts = limbs[layout.Sum];
        sum = unchecked((long)parts[0]);
        var sign = sum < 0 ? ulong.MaxValue : 0;
        return parts[1] == sign && parts[2] == sign && parts[3] == sign;
    }

    /// <summary>(n Σx² - (Σx)²) / (n (n-1)): the numerator exact, then one rounding for each of it, the divisor and the quotient.</summary>
    public double SampleVariance
    {
        get
        {
            Span<ulong> spread = stackalloc ulong[MostLimbs];
            spread = Spread(layout.Squares, layout.Sum, layout.Sum, spread);
            var (mantissa, exponent) = Limbs.Rounded(spread);
            return Math.ScaleB(mantissa / ((double)Count * (Count - 1)), exponent - (2 * layout.Scale));
        }
    }

    /// <summary>The least-squares slope of x against the event time, a day being 1: (n Στx - Στ Σx) / (n Στ² - (Στ)²); NaN when all times are one.</summary>
    public double SlopePerDay
    {
        get
        {
            Span<ulong> together = stackalloc ulong[MostLimbs];
            together = Spread(layout.Products, layout.Times, layout.Sum, together);
            Span<ulong> alone = stackalloc ulong[MostLimbs];
            alone = Spread(layout.TimeSquares, layout.Times, layout.Times, alone);
            var (over, overExponent) = Limbs.Rounded(together);
            var (under, underExponent) = Limbs.Rounded(alone);
            return Math.ScaleB(over / under * Clock.MicrosPerDay, overExponent - layout.Scale - underExponent);
        }
    }

    /// <summary>The usual exponents multiply exactly; the rest takes the slow road round subnormal numbers and overflow.</summary>
    private static double Scaled(double mantissa, int exponent) =>
        exponent is > -960 and < 960 ? mantissa * BitConverter.Int64BitsToDouble((long)(exponent + 1023) << 52) : Math.ScaleB(mantissa, exponent);

    private static int Width(Range part) => part.End.Value - part.Start.Value;

    /// <summary>A part extended with its sign to a width.</summary>
    private Span<ulong> Copy(Range part, Span<ulong> scratch, int width)
    {
        var source = limbs[part];
        source.CopyTo(scratch);
        scratch[source.Length..width].Fill(Limbs.IsNegative(source) ? ulong.MaxValue : 0);
        return scratch[..width];
    }

    /// <summary>n times a sum of products, less the product of two sums.</summary>
    private Span<ulong> Spread(Range products, Range a, Range b, Span<ulong> scratch)
    {
        var width = Math.Max(Width(products), Width(a) + Width(b)) + 2;
        Span<ulong> part = stackalloc ulong[MostLimbs];
        Span<ulong> rows = [(ulong)Count];
        var result = scratch[..width];
        Multiply(Copy(products, part, Width(products)), rows, false, result);
        Span<ulong> other = stackalloc ulong[MostLimbs];
        Span<ulong> product = stackalloc ulong[MostLimbs];
        var left = Copy(a, part, Width(a));
        var right = Copy(b, other, Width(b));
        var rightNegative = Limbs.IsNegative(right);
        if (rightNegative)
        {
            Limbs.Negate(right);
        }

        Multiply(left, right, rightNegative, product[..width]);
        Limbs.Subtract(result, product[..width]);
        return result;
    }

    private static void Multiply(Span<ulong> signed, ReadOnlySpan<ulong> magnitude, bool magnitudeNegative, Span<ulong> product)
    {
        var negative = Limbs.IsNegative(signed);
        if (negative)
        {
            Limbs.Negate(signed);
        }

        Limbs.Multiply(signed, magnitude, product);
        if (negative != magnitudeNegative)
        {
            Limbs.Negate(product);
        }
    }
}
