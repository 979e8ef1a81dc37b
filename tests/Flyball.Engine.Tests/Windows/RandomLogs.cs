using Flyball.Engine.Expressions;
using Flyball.Engine.Windows;
using FsCheck;
using FsCheck.Fluent;

namespace Flyball.Engine.Tests.Windows;

/// <summary>A row of a generated log: x is a number, k an integer, c a condition, s a text.</summary>
public sealed record LogRow(long EventTime, long KnownAt, long Seq, Value X, Value K, Value C, Value S = default, RowIdentity Identity = default)
{
    public RowStamp Stamp => new(new(EventTime), new(KnownAt), Seq);

    public Value[] Values => [X, K, C, S];
}

/// <summary>A log in the order of arrival, and a question to it.</summary>
public sealed record LogCase(LogRow[] Rows, long T, long Horizon, Visibility Visibility)
{
    public override string ToString() =>
        $"t={T} H={Horizon} {Visibility}\n{string.Join('\n', Rows.AsEnumerable())}";
}

/// <summary>Logs that crowd round the boundaries of windows and tiles, with ties, late rows and nulls.</summary>
internal static class RandomLogs
{
    public const long Second = 1_000_000;

    public static readonly RowSchema Schema = new([new("x", ScalarType.Number), new("k", ScalarType.Integer), new("c", ScalarType.Boolean), new("s", ScalarType.Text)]);

    /// <summary>Any value of a type, often null or extreme.</summary>
    public static Gen<Value> ValueOf(ScalarType type) => Gen.Frequency(
        (1, Gen.Constant(Value.Null)),
        (5, type switch
        {
            ScalarType.Boolean => Gen.Elements(Value.FromBoolean(true), Value.FromBoolean(false)),
            ScalarType.Integer => Gen.OneOf(Gen.Choose(-9, 9).Select(i => Value.FromInteger(i)), Gen.Elements(Value.FromInteger(long.MaxValue), Value.FromInteger(long.MinValue))),
            ScalarType.Number => Gen.OneOf(
                Gen.Choose(-99, 99).Select(i => Value.FromNumber(i / 10.0)),
                Gen.Elements(1e16, -1e16, 1.0, 0.1, -0.0, 5e-324, 1e308, -1e308, 1e17, 1e-25, 1e-36, 1e22, -1e40, 72057594037927935.0, 72057594037927936.0, Math.PI, -7.2e16).Select(Value.FromNumber)),
            ScalarType.Text => Gen.Elements("DE", "AT", "").Select(t => Value.FromText(t)),
            _ => Gen.OneOf(Gen.Choose(-5, 5).Select(d => Value.FromTimestamp(d * 86_400_000_000L)), Gen.Elements(Value.FromTimestamp(long.MinValue), Value.FromTimestamp(long.MaxValue))),
        }));

    /// <param name="windows">Each window with its delay, whose ends attract rows.</param>
    /// <param name="most">How many rows a log may have.</param>
    public static Gen<LogCase> Cases(IReadOnlyList<(long Window, long Delay)> windows, int most = 40)
    {
        return from t in Gen.OneOf(Gen.Choose(-30, 30).Select(s => s * Second), Gen.Choose(-20_000_000, 20_000_000).Select(i => (long)i), Gen.Elements(1_795_239_000_000_001))
               from count in Gen.Choose(0, most)
               from times in EventTime(t, windows).ListOf(count)
               from lateness in Gen.Frequency((4, Gen.Constant(0L)), (2, Gen.Choose(0, 3).Select(s => s * Second)), (1, Gen.Choose(0, 90_000_000).Select(l => (long)l)), (1, Gen.Constant(-Second))).ListOf(count)
               from seqs in Gen.Shuffle(Enumerable.Range(1, count).ToArray())
               from xs in ValueOf(ScalarType.Number).ListOf(count)
               from ks in ValueOf(ScalarType.Integer).ListOf(count)
               from cs in ValueOf(ScalarType.Boolean).ListOf(count)
               from ss in ValueOf(ScalarType.Text).ListOf(count)
               from keyed in Gen.Elements(false, false, true)
               from identities in Identity(keyed, Math.Max(2, count / 2)).ListOf(count)
               from horizon in Gen.OneOf(Gen.Constant(long.MaxValue), Gen.Choose(0, count).Select(h => (long)h))
               from visibility in Gen.Elements(
                   Visibility.AsKnown, Visibility.AsKnown.WithDeclaredDelay(2 * Second), Visibility.AsCorrected, Visibility.SimulatedDelay(0),
                   Visibility.SimulatedDelay(3 * Second), Visibility.SimulatedDelay(Second).WithDeclaredDelay(Second))
               select new LogCase([.. Enumerable.Range(0, count).Select(i => new LogRow(times[i], times[i] + lateness[i], seqs[i], xs[i], ks[i], cs[i], ss[i], identities[i]))], t, horizon, visibility);
    }

    /// <summary>Few keys, so that rows meet; some rows without one beside them.</summary>
    private static Gen<RowIdentity> Identity(bool keyed, int keys) => !keyed
        ? Gen.Constant(RowIdentity.None)
        : from key in Gen.Choose(1, keys)
          from kind in Gen.Choose(0, 9)
          select kind == 0 ? RowIdentity.None : kind <= 2 ? RowIdentity.Retraction((UInt128)key << 70) : RowIdentity.Of((UInt128)key << 70);

    private static Gen<long> EventTime(long t, IReadOnlyList<(long Window, long Delay)> windows) =>
        from window in Gen.Elements(windows.ToArray())
        from odd in Gen.Choose(-1, 1)
        from spread in Gen.Choose(-1100, 100)
        from kind in Gen.Choose(0, 3)
        select kind switch
        {
            0 => t - window.Delay - window.Window + odd,
            1 => t - window.Delay + odd,
            2 => t + odd,
            _ => t + (window.Window / 1000 * spread),
        };
}
