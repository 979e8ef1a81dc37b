namespace Flyball.Server.Simulation;

/// <summary>What changes in the simulated world from the day of the drift on.</summary>
public enum FraudDriftKind
{
    /// <summary>The amounts at a group of terminals are multiplied; what is fraud does not change with them.</summary>
    Amounts,

    /// <summary>Every customer pays that many times as often.</summary>
    Volume,
}
