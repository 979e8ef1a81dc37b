using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Quality;

/// <summary>Measures how many rows of a piece of the reference lie outside of everything that the rest of it holds.</summary>
internal sealed class RangeCalibration
{
    private readonly double[] numbers;
    private readonly double[] leastBefore;
    private readonly double[] mostBefore;
    private readonly double[] leastFrom;
    private readonly double[] mostFrom;

    private RangeCalibration(List<Value> values)
    {
        numbers = [.. values.Select(v => v.TryGetNumber(out var number) ? number : double.NaN)];
        (leastBefore, mostBefore) = Extremes();
        (leastFrom, mostFrom) = (new double[numbers.Length + 1], new double[numbers.Length + 1]);
        (leastFrom[^1], mostFrom[^1]) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var i = numbers.Length - 1; i >= 0; i--)
        {
            leastFrom[i] = double.IsNaN(numbers[i]) ? leastFrom[i + 1] : Math.Min(leastFrom[i + 1], numbers[i]);
            mostFrom[i] = double.IsNaN(numbers[i]) ? mostFrom[i + 1] : Math.Max(mostFrom[i + 1], numbers[i]);
        }
    }

    /// <summary>The range of a column that has at least one number.</summary>
    public static ValueRange Of(List<Value> values, Pieces pieces)
    {
        var calibration = new RangeCalibration(values);
        return new ValueRange(calibration.leastFrom[0], calibration.mostFrom[0], EffectScale.Over(pieces, calibration.OutsideEffect));
    }

    private (double[] Least, double[] Most) Extremes()
    {
        var (least, most) = (new double[numbers.Length + 1], new double[numbers.Length + 1]);
        (least[0], most[0]) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var i = 0; i < numbers.Length; i++)
        {
            least[i + 1] = double.IsNaN(numbers[i]) ? least[i] : Math.Min(least[i], numbers[i]);
            most[i + 1] = double.IsNaN(numbers[i]) ? most[i] : Math.Max(most[i], numbers[i]);
        }

        return (least, most);
    }

    private double OutsideEffect(int start, int size)
    {
        var least = Math.Min(leastBefore[start], leastFrom[start + size]);
        var most = Math.Max(mostBefore[start], mostFrom[start + size]);
        long outside = 0;
        foreach (var number in numbers.AsSpan(start, size))
        {
            outside += number < least || number > most ? 1 : 0;
        }

        return (double)outside / size;
    }
}
