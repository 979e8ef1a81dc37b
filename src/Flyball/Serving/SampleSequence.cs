namespace Flyball.Serving;

/// <summary>SplitMix64 (Steele, Lea and Flood 2014): a seeded sequence that is the same on every machine.</summary>
internal struct SampleSequence(ulong seed)
{
    private ulong state = seed;

    /// <summary>A number in [0, bound), without bias beyond 2^-64.</summary>
    public long Below(long bound)
    {
        unchecked
        {
            state += 0x9E3779B97F4A7C15;
            var z = state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return (long)(((UInt128)(z ^ (z >> 31)) * (UInt128)(ulong)bound) >> 64);
        }
    }
}
