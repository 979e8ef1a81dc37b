namespace Flyball.Contracts.Rows;

/// <summary>What the reading of a request did beside taking its values.</summary>
/// <param name="Defaulted">Fields that took their declared values, in the order of the schema; usually none.</param>
/// <param name="Ignored">Members that are no field of the contract and were passed over.</param>
public readonly record struct RequestReading(IReadOnlyList<string> Defaulted, int Ignored);
