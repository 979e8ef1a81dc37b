using Flyball.Engine.Time;

namespace Flyball.Engine.Windows;

/// <summary>
/// When a row counts for the prediction instant t under the horizon H. Always <c>event_time &lt; t</c> and <c>seq &lt;= H</c>, and further:
/// as known <c>known_at + declared delay &lt;= t</c>; with a simulated delay d <c>event_time + d + declared delay &lt;= t</c>; as corrected nothing.
/// </summary>
public readonly record struct Visibility
{
    private Visibility(VisibilityMode mode, long simulated, long declared, KnownAt? knownBy)
    {
        Mode = mode;
        SimulatedDelayMicros = simulated;
        DeclaredDelayMicros = declared;
        KnownBy = knownBy;
    }

    /// <summary>The default of this struct.</summary>
    public static Visibility AsKnown => default;

    public static Visibility AsCorrected => new(VisibilityMode.AsCorrected, 0, 0, null);

    public VisibilityMode Mode { get; }

    /// <summary>Microseconds; zero unless the mode simulates a delay.</summary>
    public long SimulatedDelayMicros { get; }

    /// <summary>How much later than known the source declares its rows to be usable, in microseconds.</summary>
    public long DeclaredDelayMicros { get; }

    /// <summary>The instant by which a row must be known, where it is another than t; windows still end at t.</summary>
    public KnownAt? KnownBy { get; }

    /// <param name="micros">At least 0.</param>
    public static Visibility SimulatedDelay(long micros)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(micros);
        return new(VisibilityMode.SimulatedDelay, micros, 0, null);
    }

    /// <param name="micros">At least 0.</param>
    public Visibility WithDeclaredDelay(long micros)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(micros);
        return new(Mode, SimulatedDelayMicros, micros, KnownBy);
    }

    /// <summary>The same, asked with the knowledge of another instant: known_at is compared with it instead of with t.</summary>
    public Visibility AtKnowledgeOf(KnownAt instant) => new(Mode, SimulatedDelayMicros, DeclaredDelayMicros, instant);
}
