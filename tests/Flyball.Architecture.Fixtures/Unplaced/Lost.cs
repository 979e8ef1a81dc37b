namespace Flyball.Architecture.Fixtures.Unplaced;

/// <summary>Its folder stands in no order.</summary>
public sealed class Lost;
