using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flyball.Engine.Windows;

/// <summary>
/// Whole numbers of fixed width in two's complement, least significant 64 bits first, for sums that must be exact. The caller chooses a
/// width that the numbers cannot leave; what would carry out of it is lost. Nothing allocates. Cost: linear in the width, a product quadratic.
/// </summary>
internal static class Limbs
{
    /// <summary>The width of the sums that every read needs, for which one operation is written out.</summary>
    public const int Four = 4;

    public static bool IsNegative(ReadOnlySpan<ulong> number) => number[^1] >> 63 != 0;

    public static bool IsZero(ReadOnlySpan<ulong> number) => !number.ContainsAnyExcept(0UL);

    /// <summary>Adds a number of the same width.</summary>
    public static void Add(Span<ulong> sum, ReadOnlySpan<ulong> number)
    {
        unchecked
        {
            var carry = 0UL;
            for (var i = 0; i < sum.Length; i++)
            {
                var part = sum[i] + carry;
                carry = part < carry ? 1UL : 0;
                part += number[i];
                carry += part < number[i] ? 1UL : 0;
                sum[i] = part;
            }
        }
    }

    /// <summary>Subtracts a number of the same width.</summary>
    public static void Subtract(Span<ulong> sum, ReadOnlySpan<ulong> number)
    {
        unchecked
        {
            var borrow = 0UL;
            for (var i = 0; i < sum.Length; i++)
            {
                var (before, part) = (sum[i], sum[i] - number[i]);
                var under = part > before ? 1UL : 0;
                sum[i] = part - borrow;
                borrow = under + (part < borrow ? 1UL : 0);
            }
        }
    }

    /// <summary>Adds or subtracts a magnitude times a power of two.</summary>
    public static void AddShifted(Span<ulong> sum, ulong low, ulong high, int shift, bool negative)
    {
        unchecked
        {
            var (at, bit) = (shift >> 6, shift & 63);
            var a = low << bit;
            var b = bit == 0 ? high : (high << bit) | (low >> (64 - bit));
            var c = bit == 0 ? 0 : high >> (64 - bit);
            if (negative)
            {
                SubtractAt(sum, at, a, b, c);
            }
            else
            {
                AddAt(sum, at, a, b, c);
            }
        }
    }

    /// <summary>The same for four limbs and a shift below 128, without a loop: the step of every row that a window's ends cut off.</summary>
    public static void AddToFour(Span<ulong> sum, ulong magnitude, int shift, bool negative)
    {
        unchecked
        {
            var bit = shift & 63;
            var low = magnitude << bit;
            var high = bit == 0 ? 0 : magnitude >> (64 - bit);
            var (a, b, c) = shift < 64 ? (low, high, 0UL) : (0UL, low, high);

            // Taking away is adding the complement.
            var flip = negative ? ulong.MaxValue : 0;
            var carry = negative ? 1UL : 0;
            carry = Plus(ref sum[0], a ^ flip, carry);
            carry = Plus(ref sum[1], b ^ flip, carry);
            carry = Plus(ref sum[2], c ^ flip, carry);
            Plus(ref sum[3], flip, carry);
        }
    }

    public static void Negate(Span<ulong> number)
    {
        unchecked
        {
            var carry = true;
            foreach (ref var limb in number)
            {
                limb = ~limb + (carry ? 1UL : 0);
                carry = carry && limb == 0;
            }
        }
    }

    /// <summary>The product of two magnitudes into a number that starts at zero and is wide enough.</summary>
    public static void Multiply(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> product)
    {
        product.Clear();
        for (var i = 0; i < a.Length; i++)
        {
            var carry = UInt128.Zero;
            for (var j = 0; a[i] != 0 && i + j < product.Length; j++)
            {
                var part = carry + product[i + j];
                if (j < b.Length)
                {
                    part += (UInt128)a[i] * b[j];
                }

                product[i + j] = unchecked((ulong)part);
                carry = part >> 64;
            }
        }
    }

    /// <summary>The nearest double, ties to even, as a whole number of at most 53 bits times a power of two; 0 for zero.</summary>
    /// <param name="number">Overwritten when it is negative.</param>
    public static (double Mantissa, int Exponent) Rounded(Span<ulong> number)
    {
        var negative = IsNegative(number);
        if (negative)
        {
            Negate(number);
        }

        var top = number.Length - 1;
        while (top >= 0 && number[top] == 0)
        {
            top--;
        }

        if (top < 0)
        {
            return (0, 0);
        }

        // The 64 bits from the first one on, and whether anything below them is set.
        var zeros = BitOperations.LeadingZeroCount(number[top]);
        var head = number[top] << zeros;
        var rest = false;
        if (top > 0)
        {
            head |= zeros == 0 ? 0 : number[top - 1] >> (64 - zeros);
            rest = number[top - 1] << zeros != 0 || number[..(top - 1)].ContainsAnyExcept(0UL);
        }

        var mantissa = head >> 11;
        var below = head & 0x7FF;
        if (below > 0x400 || (below == 0x400 && (rest || (mantissa & 1) != 0)))
        {
            mantissa++;
        }

        return (negative ? -(double)mantissa : mantissa, (top * 64) - zeros + 11);
    }

    private static void AddAt(Span<ulong> sum, int at, ulong a, ulong b, ulong c)
    {
        unchecked
        {
            var carry = Plus(ref sum[at], a, 0);
            carry = ++at < sum.Length ? Plus(ref sum[at], b, carry) : 0;
            carry = ++at < sum.Length ? Plus(ref sum[at], c, carry) : 0;
            for (at++; carry != 0 && at < sum.Length; at++)
            {
                carry = ++sum[at] == 0 ? 1UL : 0;
            }
        }
    }

    private static void SubtractAt(Span<ulong> sum, int at, ulong a, ulong b, ulong c)
    {
        unchecked
        {
            var borrow = Minus(ref sum[at], a, 0);
            borrow = ++at < sum.Length ? Minus(ref sum[at], b, borrow) : 0;
            borrow = ++at < sum.Length ? Minus(ref sum[at], c, borrow) : 0;
            for (at++; borrow != 0 && at < sum.Length; at++)
            {
                borrow = sum[at]-- == 0 ? 1UL : 0;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Plus(ref ulong limb, ulong part, ulong carry)
    {
        unchecked
        {
            var with = part + carry;
            var over = with < part ? 1UL : 0;
            limb += with;
            return over + (limb < with ? 1UL : 0);
        }
    }

    private static ulong Minus(ref ulong limb, ulong part, ulong borrow)
    {
        unchecked
        {
            var with = part + borrow;
            var over = with < part ? 1UL : 0;
            var before = limb;
            limb -= with;
            return over + (limb > before ? 1UL : 0);
        }
    }
}
