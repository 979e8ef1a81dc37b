using System.Numerics;

namespace Flyball.Engine.Evaluation;

/// <summary>
/// xoshiro256** (Blackman and Vigna 2021), its state filled by SplitMix64 from a seed and a stream number: the same numbers on
/// every runtime, and one independent stream a replicate, so that the order of work does not matter.
/// </summary>
internal struct SeededGenerator
{
    private ulong s0, s1, s2, s3;

    public SeededGenerator(ulong seed, ulong stream)
    {
        var state = unchecked(seed + (stream * 0xD1B54A32D192ED03));
        s0 = Mix(ref state);
        s1 = Mix(ref state);
        s2 = Mix(ref state);
        s3 = Mix(ref state);
    }

    public ulong Next()
    {
        unchecked
        {
            var result = BitOperations.RotateLeft(s1 * 5, 7) * 9;
            var t = s1 << 17;
            s2 ^= s0;
            s3 ^= s1;
            s1 ^= s2;
            s0 ^= s3;
            s2 ^= t;
            s3 = BitOperations.RotateLeft(s3, 45);
            return result;
        }
    }

    /// <summary>A whole number below <paramref name="bound"/>, unbiased (Lemire 2019).</summary>
    public int Below(int bound)
    {
        unchecked
        {
            var range = (uint)bound;
            var product = (Next() >> 32) * range;
            if ((uint)product < range)
            {
                var rejected = (0u - range) % range;
                while ((uint)product < rejected)
                {
                    product = (Next() >> 32) * range;
                }
            }

            return (int)(product >> 32);
        }
    }

    /// <summary>As many numbers below <paramref name="bound"/> as there is room for: those that as many calls of <see cref="Below"/> give.</summary>
    public void FillBelow(Span<int> into, int bound)
    {
        if (into.IsEmpty)
        {
            return;
        }

        unchecked
        {
            // The state in locals stays in registers: a third of the time.
            ulong a = s0, b = s1, c = s2, d = s3;
            var range = (uint)bound;
            var rejected = (0u - range) % range;
            foreach (ref var number in into)
            {
                ulong product;
                do
                {
                    var result = BitOperations.RotateLeft(b * 5, 7) * 9;
                    var t = b << 17;
                    c ^= a;
                    d ^= b;
                    b ^= c;
                    a ^= d;
                    c ^= t;
                    d = BitOperations.RotateLeft(d, 45);
                    product = (result >> 32) * range;
                }
                while ((uint)product < rejected);
                number = (int)(product >> 32);
            }

            (s0, s1, s2, s3) = (a, b, c, d);
        }
    }

    private static ulong Mix(ref ulong state)
    {
        unchecked
        {
            state += 0x9E3779B97F4A7C15;
            var z = state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
