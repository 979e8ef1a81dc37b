namespace Flyball.Server.Simulation;

/// <summary>A change of the world to inject, so that monitoring has something to find.</summary>
/// <param name="Day">The first day that differs, counted from 0.</param>
/// <param name="Kind">What changes.</param>
/// <param name="Factor">By how much amounts or volume are multiplied; above 0, at most 10.</param>
/// <param name="Share">The share of terminals whose amounts change, above 0 and at most 1; volume does not read it.</param>
public sealed record FraudDrift(int Day, FraudDriftKind Kind, double Factor = 3.0, double Share = 0.3);
