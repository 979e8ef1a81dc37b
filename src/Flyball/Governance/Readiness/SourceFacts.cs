namespace Flyball.Governance.Readiness;

/// <summary>A source that a model is made from.</summary>
/// <param name="Source">Its name.</param>
/// <param name="Digest">Of its contract in force.</param>
/// <param name="Rules">Rules beyond types: ranges, lengths, allowed values, quality rules.</param>
/// <param name="Unclassified">Its columns whose class the contract does not say.</param>
internal sealed record SourceFacts(string Source, string Digest, int Rules, IReadOnlyList<string> Unclassified)
{
    public Evidence Evidence => new("contract", Source, Digest);
}
