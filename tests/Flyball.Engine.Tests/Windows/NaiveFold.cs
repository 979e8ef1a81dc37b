using Flyball.Engine.Expressions;
using Flyball.Engine.Windows;

namespace Flyball.Engine.Tests.Windows;

/// <summary>One aggregate in words that need no parser.</summary>
public sealed record AggregateCase(string Name, string Column, long Window, long Delay = 0, bool Conditioned = false, long? Empty = null)
{
    public string Text =>
        $"{Name}({Column}) over {Window}us{(Conditioned ? " where c" : "")} delay {Delay}us{(Empty is { } e ? $" empty {e}" : "")}";
}

/// <summary>
/// The oracle: a scan of the whole unordered log for each question, straight from the definitions, sharing no code with the engine. Sums
/// follow docs/adr/0004-canonical-fold.md with lists and groups.
/// </summary>
internal static class NaiveFold
{
    private static readonly long[] Rungs = [1, 5, 15, 60, 300, 900, 3600, 21600, 86400, 604800, 2419200];

    public static long TileOf(long window) =>
        Rungs.Select(s => s * 1_000_000).Where(rung => rung * 16 <= window).DefaultIfEmpty(1_000_000).Max();

    public static Value Evaluate(AggregateCase aggregate, LogCase log)
    {
        var rows = log.Rows.Where(row => IsVisible(row, log) && IsInWindow(row, log.T, aggregate)).ToList();
        if (aggregate.Conditioned)
        {
            rows = rows.Where(row => !row.C.IsNull && row.C.AsBoolean).ToList();
        }

        rows = rows.Where(row => aggregate.Column.Length == 0 || !ColumnOf(row, aggregate).IsNull).ToList();
        var integer = aggregate.Column == "k";
        if (rows.Count == 0)
        {
            var whole = aggregate.Name == "count" || (integer && aggregate.Name != "mean");
            return aggregate.Empty is { } empty
                ? whole ? Value.FromInteger(empty) : Value.FromNumber(empty)
                : aggregate.Name == "count" ? Value.FromInteger(0) : Value.Null;
        }

        if (aggregate.Name == "count")
        {
            return Value.FromInteger(rows.Count);
        }

        return integer ? OfIntegers(aggregate.Name, rows) : OfNumbers(aggregate, rows);
    }

    private static bool IsInWindow(LogRow row, long t, AggregateCase aggregate)
    {
        var end = (Int128)t - aggregate.Delay;
        return row.EventTime >= end - aggregate.Window && row.EventTime < end;
    }

    private static bool IsVisible(LogRow row, LogCase log)
    {
        var usableFrom = log.Visibility.Mode switch
        {
            VisibilityMode.AsKnown => (Int128)row.KnownAt + log.Visibility.DeclaredDelayMicros,
            VisibilityMode.SimulatedDelay => (Int128)row.EventTime + log.Visibility.SimulatedDelayMicros + log.Visibility.DeclaredDelayMicros,
            _ => Int128.MinValue,
        };
        return row.EventTime < log.T && usableFrom <= log.T && row.Seq <= log.Horizon;
    }

    private static Value ColumnOf(LogRow row, AggregateCase aggregate) => aggregate.Column == "k" ? row.K : row.X;

    private static Value OfIntegers(string name, List<LogRow> rows)
    {
        var values = rows.Select(row => row.K.AsInteger).ToList();
        var sum = values.Aggregate(Int128.Zero, (total, value) => total + value);
        return name switch
        {
            "min" => Value.FromInteger(values.Min()),
            "max" => Value.FromInteger(values.Max()),
            "mean" => Value.FromNumber((double)sum / values.Count),
            _ => sum < long.MinValue || sum > long.MaxValue ? Value.Null : Value.FromInteger((long)sum),
        };
    }

    private static Value OfNumbers(AggregateCase aggregate, List<LogRow> rows)
    {
        var values = rows.Select(row => row.X.AsNumber).ToList();
        if (aggregate.Name is "min" or "max")
        {
            return Value.FromNumber(aggregate.Name == "min" ? values.Min() : values.Max());
        }

        var tile = TileOf(aggregate.Window);
        (double Sum, double Lost) window = (0, 0);
        var tiles = rows
            .GroupBy(row => (Int128)(row.EventTime >= 0 ? row.EventTime / tile : -((-row.EventTime + tile - 1) / tile)))
            .OrderBy(group => group.Key);
        foreach (var group in tiles)
        {
            (double Sum, double Lost) part = (0, 0);
            foreach (var row in group.OrderBy(r => r.EventTime).ThenBy(r => r.KnownAt).ThenBy(r => r.Seq))
            {
                part = Plus(part, row.X.AsNumber);
            }

            window = Plus(window, part.Sum);
            window.Lost += part.Lost;
        }

        var total = window.Sum + window.Lost;
        return Value.FromNumber(aggregate.Name == "sum" ? total : total / values.Count);
    }

    /// <summary>Neumaier's step.</summary>
    private static (double Sum, double Lost) Plus((double Sum, double Lost) state, double value)
    {
        var sum = state.Sum + value;
        var (larger, smaller) = Math.Abs(state.Sum) >= Math.Abs(value) ? (state.Sum, value) : (value, state.Sum);
        return (sum, state.Lost + ((larger - sum) + smaller));
    }
}
