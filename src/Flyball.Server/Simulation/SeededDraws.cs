using System.Numerics;

namespace Flyball.Server.Simulation;

/// <summary>
/// A stream of random numbers named by a seed and a path of integers, the same on every machine and runtime.
/// </summary>
/// <remarks>
/// <para>1. SplitMix64 hashes the seed and the path to four words of state. 2. xoshiro256** steps that state.
/// 3. Uniform, normal (Marsaglia's polar method) and Poisson (Knuth's product of uniforms) draws are made from its bits.</para>
/// <para>Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021 (xoshiro256**); Steele, Lea and Flood,
/// "Fast splittable pseudorandom number generators", 2014 (SplitMix64). A stream of its own for each customer and day keeps
/// a change on one day from reaching any other. Not safe for use by several threads, and not for secrets.</para>
/// </remarks>
internal struct SeededDraws
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    public SeededDraws(ulong seed, params ReadOnlySpan<int> path)
    {
        var state = Scramble(seed);
        foreach (var step in path)
        {
            state = Scramble(state ^ (uint)step);
        }

        _a = NextState(ref state);
        _b = NextState(ref state);
        _c = NextState(ref state);
        _d = NextState(ref state);
    }

    public ulong NextBits()
    {
        var result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        var shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1): 53 bits.</summary>
    public double NextUniform() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    public double NextUniform(double from, double to) => from + ((to - from) * NextUniform());

    /// <summary>Uniform in [0, count).</summary>
    public int NextIndex(int count) => (int)(((UInt128)NextBits() * (uint)count) >> 64);

    public double NextNormal(double mean, double deviation)
    {
        while (true)
        {
            var x = NextUniform(-1, 1);
            var y = NextUniform(-1, 1);
            var square = (x * x) + (y * y);
            if (square is > 0 and < 1)
            {
                return mean + (deviation * x * Math.Sqrt(-2 * Math.Log(square) / square));
            }
        }
    }

    /// <summary>Poisson; the cost is proportional to the mean, which is small here.</summary>
    public int NextPoisson(double mean)
    {
        var floor = Math.Exp(-mean);
        var count = 0;
        for (var product = NextUniform(); product > floor; product *= NextUniform())
        {
            count++;
        }

        return count;
    }

    private static ulong Scramble(ulong value)
    {
        var state = value;
        return NextState(ref state);
    }

    private static ulong NextState(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
