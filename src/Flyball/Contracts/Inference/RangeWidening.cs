using System.Globalization;

namespace Flyball.Contracts.Inference;

/// <summary>
/// The bounds of a draft, from the smallest and largest value seen.
/// <list type="number">
/// <item>A run of codes (every whole number from the smallest to the largest, at most 31 of them, each seen 20 times on average) keeps its ends;
/// shares between 0 and 1 keep 0 and 1; latitudes and longitudes, by name, have the globe's.</item>
/// <item>Otherwise each end moves out by the whole span that was seen and is rounded outwards to two digits, but never past 0.</item>
/// <item>A constant and an identifier have no upper bound, and no lower one but 0.</item>
/// </list>
/// </summary>
internal static class RangeWidening
{
    private const int MostCodes = 31;
    private const int LeastTimes = 20;

    // Beyond this a decimal's digits say nothing about a double.
    private const double Largest = 1e15;

    public static (decimal? Minimum, decimal? Maximum, string? Reason) Of(ColumnObservation column, bool isWhole, bool isIdentifier)
    {
        var (min, max) = (column.Min, column.Max);
        if (column.Numeric == 0 || Math.Abs(min) > Largest || Math.Abs(max) > Largest)
        {
            return (null, null, null);
        }

        if (min == max || isIdentifier)
        {
            return (min >= 0 ? 0 : null, null, isIdentifier ? "an identifier has no upper bound" : "one value tells no range");
        }

        var distinct = column.Distinct.Estimate;
        if (isWhole && column.Distinct.IsExact && max - min < MostCodes && distinct == (long)(max - min) + 1 && column.Numeric / distinct >= LeastTimes)
        {
            return ((decimal)min, (decimal)max, "every whole number between them occurs often: taken for codes, widen them if it counts something");
        }

        if (!isWhole && min >= 0 && max <= 1)
        {
            return (0, 1, "taken for a share");
        }

        if (Globe(column) is { } most)
        {
            return (-most, most, "the globe's");
        }

        var span = max - min;
        var lower = min >= 0 ? 0 : RoundOut(min - span);
        var upper = max <= 0 ? 0 : RoundOut(max + span);
        return (lower, upper, "widened by the span seen, outwards to two digits, not past 0");
    }

    private static decimal? Globe(ColumnObservation column)
    {
        var words = PersonalSigns.WordsOf(column.Name);
        var (min, max) = (column.Min, column.Max);
        return Array.Exists(words, w => w is "lat" or "latitude") && min >= -90 && max <= 90 ? 90
            : Array.Exists(words, w => w is "lon" or "lng" or "longitude") && min >= -180 && max <= 180 ? 180
            : null;
    }

    /// <summary>Away from zero, to two digits.</summary>
    private static decimal RoundOut(double value)
    {
        if (value == 0)
        {
            return 0;
        }

        var magnitude = Math.Pow(10, Math.Floor(Math.Log10(Math.Abs(value))) - 1);
        var digits = Math.Sign(value) * Math.Ceiling(Math.Abs(value) / magnitude);
        return decimal.Parse((digits * magnitude).ToString("G3", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture);
    }
}
