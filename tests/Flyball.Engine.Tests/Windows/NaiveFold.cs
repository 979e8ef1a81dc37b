using System.Globalization;
using System.Numerics;
using Flyball.Engine.Expressions;
using Flyball.Engine.Windows;

namespace Flyball.Engine.Tests.Windows;

/// <summary>One aggregate in words that need no parser.</summary>
public sealed record AggregateCase(
    string Name, string Column, long Window, long Delay = 0, bool Conditioned = false, string? Empty = null, string? Constant = null, bool IgnoresNulls = false)
{
    public string Text =>
        $"{Name}({Column}{(Constant is null ? "" : Column.Length == 0 ? Constant : ", " + Constant)}) over {Window}us{(Conditioned ? " where c" : "")} delay {Delay}us{(Empty is { } e ? $" empty {e}" : "")}{(IgnoresNulls ? " ignore_nulls" : "")}";
}

/// <summary>
/// The oracle: a scan of the whole unordered log for each question, straight from the definitions, sharing no code with the engine. Sums are
/// whole numbers without bound (docs/adr/0007-exact-sums.md).
/// </summary>
internal static class NaiveFold
{
    private const int Scale = 1074;

    public static Value Evaluate(AggregateCase aggregate, LogCase log)
    {
        var rows = log.Rows
            .Where(row => row.Identity.Kind == RowKind.Row && IsInWindow(row, log.T, aggregate) && IsKnown(row, log))
            .Where(row => !row.Identity.IsKeyed || !log.Rows.Any(other => Supersedes(other, row) && IsKnown(other, log)))
            .Where(row => !aggregate.Conditioned || (!row.C.IsNull && row.C.AsBoolean))
            .OrderBy(row => row.EventTime).ThenBy(row => row.KnownAt).ThenBy(row => row.Seq)
            .ToList();
        if (aggregate.Column.Length > 0 && (aggregate.Name is not ("first" or "last" or "latest") || aggregate.IgnoresNulls))
        {
            rows = rows.Where(row => !ColumnOf(row, aggregate).IsNull).ToList();
        }

        return rows.Count == 0 ? OfNothing(aggregate) : OfRows(aggregate, log, rows);
    }

    private static Value OfNothing(AggregateCase aggregate)
    {
        var whole = aggregate.Name is "count" or "distinct" || (aggregate.Column == "k" && aggregate.Name is "sum" or "min" or "max" or "first" or "last" or "latest");
        return aggregate.Empty is { } empty
            ? whole ? Value.FromInteger(long.Parse(empty, CultureInfo.InvariantCulture)) : Value.FromNumber(double.Parse(empty, CultureInfo.InvariantCulture))
            : aggregate.Name == "count" ? Value.FromInteger(0) : Value.Null;
    }

    private static Value OfRows(AggregateCase aggregate, LogCase log, List<LogRow> rows)
    {
        var values = aggregate.Column.Length == 0 ? [] : rows.Select(row => ColumnOf(row, aggregate)).ToList();
        switch (aggregate.Name)
        {
            case "count":
                return Value.FromInteger(rows.Count);
            case "rate":
                return Value.FromNumber((double)rows.Count * (aggregate.Constant == "'hour'" ? 3_600_000_000L : 1_000_000) / aggregate.Window);
            case "time_since_last":
                return Value.FromNumber((double)((Int128)log.T - rows[^1].EventTime) / 1e6);
            case "first":
                return values[0];
            case "last" or "latest":
                return values[^1];
            case "distinct":
                return Value.FromInteger(values.Distinct().Count());
            case "min" or "max":
                var sorted = values.OrderBy(Key).ToList();
                return aggregate.Name == "min" ? sorted[0] : sorted[^1];
            case "quantile":
                return QuantileOf([.. values.Select(v => v.Kind == ScalarType.Integer ? v.AsInteger : v.AsNumber).Order()], double.Parse(aggregate.Constant!, CultureInfo.InvariantCulture));
            case "last_k":
                return List(values.AsEnumerable().Reverse(), aggregate);
            case "top_k":
                return List(aggregate.Column == "s" ? values.OrderByDescending(v => v.AsText, StringComparer.Ordinal) : values.OrderByDescending(Key), aggregate);
            default:
                return OfSums(aggregate, rows, values);
        }
    }

    private static BigInteger Key(Value value) => value.Kind == ScalarType.Integer ? value.AsInteger : Exact(value);

    private static Value List(IEnumerable<Value> values, AggregateCase aggregate) => Value.FromText(
        "[" + string.Join(',', values.Take(int.Parse(aggregate.Constant!, CultureInfo.InvariantCulture)).Select(v => aggregate.Column == "s" ? $"\"{v.AsText}\"" : v.ToString())) + "]");

    private static Value QuantileOf(double[] sorted, double q)
    {
        var position = (sorted.Length - 1) * q;
        var below = (int)position;
        return Value.FromNumber(below == sorted.Length - 1 ? sorted[below] : sorted[below] + ((position - below) * (sorted[below + 1] - sorted[below])));
    }

    private static Value OfSums(AggregateCase aggregate, List<LogRow> rows, List<Value> values)
    {
        BigInteger n = rows.Count;
        var xs = values.Select(Exact).ToList();
        var sum = xs.Aggregate(BigInteger.Zero, (a, b) => a + b);
        var (mantissa, exponent) = Rounded(sum);
        var total = Math.ScaleB(mantissa, exponent - Scale);
        switch (aggregate.Name)
        {
            case "sum" when aggregate.Column == "k":
                var whole = sum >> Scale;
                return whole < long.MinValue || whole > long.MaxValue ? Value.Null : Value.FromInteger((long)whole);
            case "sum":
                return Value.FromNumber(total);
            case "mean":
                return Value.FromNumber(total / rows.Count);
        }

        if (rows.Count < 2)
        {
            return Value.Null;
        }

        if (aggregate.Name == "trend")
        {
            var times = rows.Select(row => (BigInteger)row.EventTime).ToList();
            var together = (n * times.Zip(xs, (t, x) => t * x).Aggregate((a, b) => a + b)) - (times.Aggregate((a, b) => a + b) * sum);
            var alone = (n * times.Select(t => t * t).Aggregate((a, b) => a + b)) - BigInteger.Pow(times.Aggregate((a, b) => a + b), 2);
            var (over, overExponent) = Rounded(together);
            var (under, underExponent) = Rounded(alone);
            return Value.FromNumber(Math.ScaleB(over / under * 86_400_000_000, overExponent - Scale - underExponent));
        }

        var (spread, spreadExponent) = Rounded((n * xs.Select(x => x * x).Aggregate((a, b) => a + b)) - (sum * sum));
        var variance = Math.ScaleB(spread / ((double)rows.Count * (rows.Count - 1)), spreadExponent - (2 * Scale));
        return Value.FromNumber(aggregate.Name == "var" ? variance : Math.Sqrt(variance));
    }

    /// <summary>The value times 2^1074, which is whole for every double.</summary>
    private static BigInteger Exact(Value value)
    {
        if (value.Kind == ScalarType.Integer)
        {
            return (BigInteger)value.AsInteger << Scale;
        }

        var bits = BitConverter.DoubleToInt64Bits(value.AsNumber);
        var exponent = (int)((bits >> 52) & 0x7FF);
        BigInteger mantissa = (bits & 0xF_FFFF_FFFF_FFFF) + (exponent == 0 ? 0 : 1L << 52);
        return (bits < 0 ? -mantissa : mantissa) << (Math.Max(exponent, 1) - 1);
    }

    /// <summary>To 53 bits, ties to even.</summary>
    private static (double Mantissa, int Exponent) Rounded(BigInteger number)
    {
        if (number.IsZero)
        {
            return (0, 0);
        }

        var magnitude = BigInteger.Abs(number);
        var shift = (int)magnitude.GetBitLength() - 53;
        if (shift <= 0)
        {
            // As the engine, whose mantissas always have 53 bits.
            magnitude <<= -shift;
        }
        else
        {
            var rest = magnitude - ((magnitude >> shift) << shift);
            var half = BigInteger.One << (shift - 1);
            magnitude >>= shift;
            magnitude += rest > half || (rest == half && !magnitude.IsEven) ? 1 : 0;
        }

        return (number.Sign * (double)magnitude, shift);
    }

    private static bool IsInWindow(LogRow row, long t, AggregateCase aggregate)
    {
        var end = (Int128)t - aggregate.Delay;
        return row.EventTime >= end - aggregate.Window && (aggregate.Name == "latest" ? row.EventTime <= end : row.EventTime < end);
    }

    private static bool Supersedes(LogRow later, LogRow row) =>
        later.Identity.IsKeyed && later.Identity.Key == row.Identity.Key
        && (later.KnownAt > row.KnownAt || (later.KnownAt == row.KnownAt && later.Seq > row.Seq));

    private static bool IsKnown(LogRow row, LogCase log)
    {
        var usableFrom = log.Visibility.Mode switch
        {
            VisibilityMode.AsKnown => (Int128)row.KnownAt + log.Visibility.DeclaredDelayMicros,
            VisibilityMode.SimulatedDelay => (Int128)row.EventTime + log.Visibility.SimulatedDelayMicros + log.Visibility.DeclaredDelayMicros,
            _ => Int128.MinValue,
        };
        return usableFrom <= log.T && row.Seq <= log.Horizon;
    }

    private static Value ColumnOf(LogRow row, AggregateCase aggregate) => aggregate.Column switch
    {
        "k" => row.K,
        "s" => row.S,
        _ => row.X,
    };
}
