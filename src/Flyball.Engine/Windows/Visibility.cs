namespace Flyball.Engine.Windows;

/// <summary>
/// When a row counts for the prediction instant t under the horizon H. Always <c>event_time &lt; t</c> and <c>seq &lt;= H</c>, and further:
/// as known <c>known_at + declared delay &lt;= t</c>; with a simulated delay d <c>event_time + d + declared delay &lt;= t</c>; as corrected nothing.
/// </summary>
public readonly record struct Visibility
{
    private Visibility(VisibilityMode mode, long simulated, long declared)
    {
        Mode = mode;
        SimulatedDelayMicros = simulated;
        DeclaredDelayMicros = declared;
    }

    /// <summary>The default of this struct.</summary>
    public static Visibility AsKnown => default;

    public static Visibility AsCorrected => new(VisibilityMode.AsCorrected, 0, 0);

    public VisibilityMode Mode { get; }

    /// <summary>Microseconds; zero unless the mode simulates a delay.</summary>
    public long SimulatedDelayMicros { get; }

    /// <summary>How much later than known the source declares its rows to be usable, in microseconds.</summary>
    public long DeclaredDelayMicros { get; }

    /// <param name="micros">At least 0.</param>
    public static Visibility SimulatedDelay(long micros)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(micros);
        return new(VisibilityMode.SimulatedDelay, micros, 0);
    }

    /// <param name="micros">At least 0.</param>
    public Visibility WithDeclaredDelay(long micros)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(micros);
        return new(Mode, SimulatedDelayMicros, micros);
    }
}
