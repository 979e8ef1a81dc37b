namespace Flyball.Contracts.Quality;

/// <summary>
/// How far a statistic of an unchanged batch strays, by the batch's size: measured on contiguous pieces of the reference, so that what
/// neighbouring rows have in common counts as usual.
/// </summary>
/// <param name="Sizes">Rows of a piece, ascending.</param>
/// <param name="Bounds">The larger of mean + 3 standard deviations and the largest piece plus half a deviation.</param>
public sealed record EffectScale(IReadOnlyList<long> Sizes, IReadOnlyList<double> Bounds)
{
    /// <summary>The bound for a batch: of the largest piece that is not larger than it. Beyond half of the reference's size it shrinks with the batch's own noise.</summary>
    public double At(long rows, long referenceRows, double floor)
    {
        double bound = 0;
        for (var i = 0; i < Sizes.Count && Sizes[i] <= rows; i++)
        {
            bound = Bounds[i];
        }

        // The noise of a comparison goes with 1/n + 1/N: a larger batch loses its own part, the reference's stays.
        var half = referenceRows / 2.0;
        return Math.Max(floor, rows <= half ? bound : bound * Math.Sqrt((1 + ((double)referenceRows / rows)) / 3));
    }

    /// <summary>Measures an effect on every piece: of its start and its size.</summary>
    internal static EffectScale Over(Pieces pieces, Func<int, int, double> effect) =>
        new([.. pieces.Sizes.Select(s => (long)s)], [.. pieces.Sizes.Select(size => BoundOf([.. pieces.StartsOf(size).Select(start => effect(start, size))]))]);

    internal static double BoundOf(ReadOnlySpan<double> effects)
    {
        double sum = 0, squares = 0, most = 0;
        foreach (var effect in effects)
        {
            sum += effect;
            squares += effect * effect;
            most = Math.Max(most, effect);
        }

        var mean = sum / effects.Length;
        var deviation = Math.Sqrt(Math.Max(0, (squares / effects.Length) - (mean * mean)));
        return Math.Max(mean + (3 * deviation), most + (0.5 * deviation));
    }
}
