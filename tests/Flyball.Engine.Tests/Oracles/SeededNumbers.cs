namespace Flyball.Engine.Tests.Oracles;

/// <summary>SplitMix64 with the few draws that simulations need: the same numbers on every machine.</summary>
internal sealed class SeededNumbers(ulong seed)
{
    private ulong state = seed;

    public ulong Next()
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

    public double Uniform() => (Next() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(double probability) => Uniform() < probability;

    /// <summary>Box-Muller, one of the pair.</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Uniform())) * Math.Cos(2 * Math.PI * Uniform());

    public double[] Normals(int count, double mean = 0, double spread = 1)
    {
        var values = new double[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = mean + (spread * Normal());
        }

        return values;
    }
}
