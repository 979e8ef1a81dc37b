namespace Flyball.Engine.Windows;

/// <summary>Which sums of an input's values are kept.</summary>
internal enum MomentOrder
{
    None,

    /// <summary>Σx.</summary>
    Sum,

    /// <summary>Σx and Σx².</summary>
    Squares,

    /// <summary>Σx, Σx², Στx, Στ and Στ², τ being the event time.</summary>
    Trend,
}

/// <summary>
/// Where the exact sums of one range of rows lie in a span of limbs, and by which power of two they are scaled: x by 2^scale, x² by 2^(2·scale).
/// Each width has room for 2^31 rows of the largest value.
/// </summary>
internal sealed class MomentLayout
{
    /// <summary>The largest power of two that a narrow number stays below.</summary>
    public const int NarrowExponent = 56;

    private const int TimeLimbs = 3;

    private readonly Range[] parts;

    private MomentLayout(int scale, int sum, int squares, int products)
    {
        Scale = scale;
        Sum = ..sum;
        Squares = sum..(sum + squares);
        Products = Squares.End.Value..(Squares.End.Value + products);
        Times = Products.End.Value..(Products.End.Value + TimeLimbs);
        TimeSquares = Times.End.Value..(Times.End.Value + TimeLimbs);
        parts = [Sum, Squares, Products, Times, TimeSquares];
    }

    /// <summary>Integers and timestamps.</summary>
    public static MomentLayout Integers { get; } = new(0, 4, 6, 6);

    /// <summary>Numbers below 2^56 whose last bit is at least 2^-120: from 3e-21 on all of them, and every short one further down.</summary>
    public static MomentLayout Narrow { get; } = new(120, 4, 6, 6);

    /// <summary>Every number there is.</summary>
    public static MomentLayout Wide { get; } = new(1074, 34, 68, 36);

    public int Scale { get; }

    public Range Sum { get; }

    public Range Squares { get; }

    public Range Products { get; }

    public Range Times { get; }

    public Range TimeSquares { get; }

    public int Length(MomentOrder order) => order switch
    {
        MomentOrder.None => 0,
        MomentOrder.Sum => Sum.End.Value,
        MomentOrder.Squares => Squares.End.Value,
        _ => TimeSquares.End.Value,
    };

    /// <summary>Takes one number in; false, with nothing changed, when it is too wide.</summary>
    public bool TryAdd(Span<ulong> moments, MomentOrder order, double x, long time)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)((bits >> 52) & 0x7FF);
        var mantissa = (ulong)(bits & 0xF_FFFF_FFFF_FFFF) | (exponent == 0 ? 0 : 1UL << 52);
        var shift = Math.Max(exponent, 1) - 1075 + Scale;
        if (shift < 0)
        {
            // Shorter than 53 bits, as most of what people write is, it may still fit.
            if (mantissa != 0 && System.Numerics.BitOperations.TrailingZeroCount(mantissa) < -shift)
            {
                return false;
            }

            mantissa = shift < -63 ? 0 : mantissa >> -shift;
            shift = 0;
        }

        if (exponent >= 1023 + NarrowExponent && Scale != 1074)
        {
            return false;
        }

        if (order == MomentOrder.Sum && moments.Length == Limbs.Four)
        {
            Limbs.AddToFour(moments, mantissa, shift, bits < 0);
        }
        else
        {
            AddMagnitude(moments, order, mantissa, shift, bits < 0, time);
        }

        return true;
    }

    public void Add(Span<ulong> moments, MomentOrder order, long x, long time)
    {
        if (order == MomentOrder.Sum)
        {
            Limbs.AddToFour(moments, MagnitudeOf(x), 0, x < 0);
        }
        else
        {
            AddMagnitude(moments, order, MagnitudeOf(x), 0, x < 0, time);
        }
    }

    /// <summary>Adds the sums of other rows, part by part.</summary>
    public void Add(Span<ulong> moments, ReadOnlySpan<ulong> more, MomentOrder order)
    {
        foreach (var part in Parts(order))
        {
            Limbs.Add(moments[part], more[part]);
        }
    }

    /// <summary>Takes the sums of some of the rows away, which is exact like everything here.</summary>
    public void Subtract(Span<ulong> moments, ReadOnlySpan<ulong> less, MomentOrder order)
    {
        foreach (var part in Parts(order))
        {
            Limbs.Subtract(moments[part], less[part]);
        }
    }

    /// <summary>Takes in narrow sums; only of the layout that is wide.</summary>
    public void AddNarrow(Span<ulong> moments, ReadOnlySpan<ulong> narrow, MomentOrder order)
    {
        var shift = Scale - Narrow.Scale;
        Span<ulong> magnitude = stackalloc ulong[8];
        for (var i = 0; i < Parts(order).Length; i++)
        {
            var source = narrow[Narrow.parts[i]];
            var part = magnitude[..source.Length];
            source.CopyTo(part);
            var negative = Limbs.IsNegative(part);
            if (negative)
            {
                Limbs.Negate(part);
            }

            // The sums of x and of τx carry the scale once, those of x² twice, those of times not at all.
            var by = i switch { 0 or 2 => shift, 1 => 2 * shift, _ => 0 };
            for (var limb = 0; limb < part.Length; limb++)
            {
                if (part[limb] != 0)
                {
                    Limbs.AddShifted(moments[parts[i]], part[limb], 0, by + (64 * limb), negative);
                }
            }
        }
    }

    private ReadOnlySpan<Range> Parts(MomentOrder order) => order switch
    {
        MomentOrder.None => [],
        MomentOrder.Sum => parts.AsSpan(0, 1),
        MomentOrder.Squares => parts.AsSpan(0, 2),
        _ => parts,
    };

    private static ulong MagnitudeOf(long x) => unchecked(x < 0 ? 0 - (ulong)x : (ulong)x);

    private void AddMagnitude(Span<ulong> moments, MomentOrder order, ulong magnitude, int shift, bool negative, long time)
    {
        Limbs.AddShifted(moments[Sum], magnitude, 0, shift, negative);
        if (order == MomentOrder.Sum)
        {
            return;
        }

        var high = Math.BigMul(magnitude, magnitude, out var low);
        Limbs.AddShifted(moments[Squares], low, high, 2 * shift, negative: false);
        if (order == MomentOrder.Squares)
        {
            return;
        }

        var when = MagnitudeOf(time);
        high = Math.BigMul(magnitude, when, out low);
        Limbs.AddShifted(moments[Products], low, high, shift, negative != time < 0);
        Limbs.AddShifted(moments[Times], when, 0, 0, time < 0);
        high = Math.BigMul(when, when, out low);
        Limbs.AddShifted(moments[TimeSquares], low, high, 0, negative: false);
    }
}
