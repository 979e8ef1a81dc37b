namespace Flyball.Engine.Windows;

/// <summary>Which knowledge a prediction instant may use. The position in the log always limits it too.</summary>
public enum VisibilityMode
{
    /// <summary>What the system knew at the instant.</summary>
    AsKnown,

    /// <summary>The best present knowledge. It leaks corrections into the past, so it must be asked for.</summary>
    AsCorrected,

    /// <summary>As if every row had become known a fixed time after it was true: for imported history.</summary>
    SimulatedDelay,
}
