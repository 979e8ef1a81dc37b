using System.Globalization;

using Flyball.Engine.Problems;
using Flyball.Native.OnnxRuntime;
using Flyball.Native.XGBoost;
using Flyball.Training.Onnx;

namespace Flyball.Training.XGBoost;

/// <summary>Scores the same rows with the trained model and with its package, before the package may be registered.</summary>
public static class PackagingCheck
{
    /// <summary>Absolute difference of two probabilities that is still float32 rounding. Ours are nearly always the same bits; other exporters' sigmoids differ by up to 2e-7.</summary>
    public const double Tolerance = 1e-6;

    /// <summary>Compares score by score. The package is inspected before it is loaded. Cost: one scoring of the rows by each.</summary>
    /// <param name="booster">The trained model.</param>
    /// <param name="onnx">Its package.</param>
    /// <param name="rows">Row-major, as many values as rows times <paramref name="columns"/>; NaN is missing. Real rows find more than random ones.</param>
    /// <param name="columns">Features.</param>
    /// <param name="tolerance">Largest absolute difference accepted, relative to the score where that is above 1.</param>
    /// <returns>A verdict whose problem is FLY3270 when the scores differ, or the first reason for which the package may not be loaded.</returns>
    public static PackagingVerdict Compare(XGBoostBooster booster, ReadOnlySpan<byte> onnx, ReadOnlySpan<float> rows, int columns, double tolerance = Tolerance)
    {
        ArgumentNullException.ThrowIfNull(booster);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        if (rows.IsEmpty || rows.Length % columns != 0)
        {
            throw new ArgumentException("Whole rows are needed, at least one.", nameof(rows));
        }

        var count = rows.Length / columns;
        using var matrix = XGBoostMatrix.FromDense(rows, count, columns);
        return Compare(booster.Predict(matrix), onnx, rows, columns, tolerance);
    }

    /// <summary>Compares a package with scores that its model gave of the same rows.</summary>
    /// <param name="expected">As the model gave them, row-major.</param>
    /// <param name="onnx">The package; inspected before it is loaded.</param>
    /// <param name="rows">Row-major.</param>
    /// <param name="columns">Features.</param>
    /// <param name="tolerance">As above.</param>
    public static PackagingVerdict Compare(float[] expected, ReadOnlySpan<byte> onnx, ReadOnlySpan<float> rows, int columns, double tolerance = Tolerance)
    {
        ArgumentNullException.ThrowIfNull(expected);
        var count = rows.Length / columns;
        if (OnnxInspector.Inspect(onnx) is { IsAccepted: false } inspection)
        {
            return new(count, 0, double.PositiveInfinity, 0, inspection.Problems[0]);
        }

        float[] packaged;
        try
        {
            packaged = OnnxRows.Score(onnx, rows.ToArray(), columns);
        }
        catch (OnnxRuntimeException e)
        {
            return new(count, 0, double.PositiveInfinity, 0, new("FLY3270", $"The packaged model does not run: {e.Message}"));
        }

        return packaged.Length == expected.Length
            ? Judge(expected, packaged, tolerance)
            : new(count, 0, double.PositiveInfinity, 0, new("FLY3270", $"The packaged model gives {packaged.Length} scores, and the trained one {expected.Length}."));
    }

    private static PackagingVerdict Judge(float[] expected, float[] packaged, double tolerance)
    {
        // Of several scores a row, each counts as a row of its own here.
        var (equal, worst, worstRow, worstExcess) = (0, 0.0, 0, 0.0);
        for (var i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(packaged[i]))
            {
                equal++;
                continue;
            }

            // NaN compares false with everything: a score that is none counts as infinitely far.
            var difference = Math.Abs((double)expected[i] - packaged[i]);
            difference = double.IsNaN(difference) ? double.PositiveInfinity : difference;
            worstExcess = Math.Max(worstExcess, difference / Math.Max(1, Math.Abs((double)expected[i])));
            if (difference > worst)
            {
                (worst, worstRow) = (difference, i);
            }
        }

        var problem = worstExcess <= tolerance
            ? null
            : new Problem(
                "FLY3270",
                string.Create(CultureInfo.InvariantCulture, $"The packaged model differs from the trained one by {worst:0.0######E+0} in row {worstRow}; {tolerance:0.0E+0} is allowed."),
                null,
                "Package the model again from the trained one; do not serve this package.");
        return new(expected.Length, equal, worst, worstRow, problem) { Packaged = packaged };
    }
}
