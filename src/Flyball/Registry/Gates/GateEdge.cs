namespace Flyball.Registry.Gates;

/// <summary>What of a metric an absolute gate looks at.</summary>
public enum GateEdge
{
    /// <summary>The figure itself.</summary>
    Figure,

    /// <summary>The lower end of its 95 % bootstrap interval.</summary>
    Lower,

    /// <summary>The upper end.</summary>
    Upper,
}
