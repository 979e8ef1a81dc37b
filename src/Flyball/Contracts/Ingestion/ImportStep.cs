namespace Flyball.Contracts.Ingestion;

/// <summary>A batch of an import was settled.</summary>
/// <param name="Total">What is durable by now.</param>
/// <param name="Share">How much of the file was read, 0 to 1.</param>
public readonly record struct ImportStep(ImportProgress Total, double Share);
