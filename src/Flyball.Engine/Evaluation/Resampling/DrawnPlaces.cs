using System.Runtime.InteropServices;

namespace Flyball.Engine.Evaluation.Resampling;

/// <summary>The places of one replicate among chosen rows.</summary>
internal static class DrawnPlaces
{
    public static void Fill(Resample resample, ulong seed, int replicate, ReadOnlySpan<int> chosen, List<int> drawn)
    {
        if (resample.Rows != chosen.Length)
        {
            throw new ArgumentException($"The resample is of {resample.Rows} rows, {chosen.Length} were chosen.", nameof(resample));
        }

        var generator = new SeededGenerator(seed, (ulong)replicate);
        resample.Draw(ref generator, drawn);
        foreach (ref var place in CollectionsMarshal.AsSpan(drawn))
        {
            place = chosen[place];
        }
    }
}
