namespace Flyball.Training.Jobs;

/// <summary>Shuffles labels (Fisher and Yates, with SplitMix64): a model of such labels knows nothing, and gates must refuse it.</summary>
internal static class LabelPermutation
{
    public static float[] Of(ReadOnlySpan<float> labels, ulong seed)
    {
        var shuffled = labels.ToArray();
        var state = seed;
        for (var i = shuffled.Length - 1; i > 0; i--)
        {
            var j = (int)(((UInt128)Next(ref state) * (UInt128)(ulong)(i + 1)) >> 64);
            (shuffled[i], shuffled[j]) = (shuffled[j], shuffled[i]);
        }

        return shuffled;
    }

    private static ulong Next(ref ulong state)
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
