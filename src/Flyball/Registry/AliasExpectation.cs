namespace Flyball.Registry;

/// <summary>What an alias must stand for when it is changed. Without an expectation the last one to change it wins.</summary>
/// <param name="Version">Null expects that the alias stands for nothing.</param>
public readonly record struct AliasExpectation(int? Version);
