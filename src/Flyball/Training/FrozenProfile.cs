using Flyball.Engine.Statistics;

namespace Flyball.Training;

/// <summary>Bins fitted to reference values and what fell into them: all that drift is ever measured against.</summary>
/// <param name="Bins">Frozen edges.</param>
/// <param name="Counts">Of the reference itself.</param>
/// <param name="ChunkEffects">How far equal stretches of the reference lie from the whole: what this feature does without drifting.</param>
public sealed record FrozenProfile(QuantileBins Bins, BinCounts Counts, IReadOnlyList<double> ChunkEffects)
{
    private const int Chunks = 10;
    private const int ShownDigits = 2;

    /// <param name="values">In the order of time; NaN is missing.</param>
    /// <param name="isOpen">Whether values may stand in clear outside the log. Else no value does: edges are rounded to two significant digits, and few different values have no bins of their own, so that only how many are missing is compared.</param>
    public static FrozenProfile Of(ReadOnlySpan<double> values, bool isOpen = true)
    {
        var bins = QuantileBins.Fit(Present(values));
        bins = isOpen ? bins : new QuantileBins([.. bins.Edges.Select(Coarse).Distinct()], []);
        var counts = Count(bins, values);
        var effects = new List<double>(Chunks);
        for (var i = 0; i < Chunks && values.Length >= Chunks; i++)
        {
            var from = values.Length * i / Chunks;
            var to = values.Length * (i + 1) / Chunks;
            var chunk = Count(bins, values[from..to]);

            // A stretch without a value says nothing about how far the values move.
            if (chunk.Present > 0)
            {
                effects.Add(DriftTest.Effect(DriftMeasure.PopulationStability, counts, chunk));
            }
        }

        return new FrozenProfile(bins, counts, effects);
    }

    /// <summary>Counts values in this profile's bins; NaN is missing.</summary>
    public BinCounts Count(ReadOnlySpan<double> values) => Count(Bins, values);

    private static double Coarse(double edge)
    {
        if (edge == 0)
        {
            return 0;
        }

        var digits = ShownDigits - 1 - (int)Math.Floor(Math.Log10(Math.Abs(edge)));
        var scale = Math.Pow(10, Math.Abs(digits));
        var rounded = digits >= 0 ? Math.Round(edge * scale) / scale : Math.Round(edge / scale) * scale;
        return double.IsFinite(rounded) ? rounded : 0;
    }

    private static BinCounts Count(QuantileBins bins, ReadOnlySpan<double> values)
    {
        var present = Present(values);
        return bins.CountValues(present, values.Length - present.Length);
    }

    private static ReadOnlySpan<double> Present(ReadOnlySpan<double> values)
    {
        var present = new double[values.Length];
        var count = 0;
        foreach (var value in values)
        {
            present[count] = value;
            count += double.IsNaN(value) ? 0 : 1;
        }

        return present.AsSpan(0, count);
    }
}
