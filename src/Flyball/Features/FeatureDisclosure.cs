using Flyball.Contracts;
using Flyball.Contracts.Privacy;

namespace Flyball.Features;

/// <summary>Which features' values may stand in clear outside the log: those whose own come from open columns alone (<see cref="Disclosure"/>). What only chooses the rows, such as the entity, does not count.</summary>
/// <param name="catalogue">Of the project.</param>
/// <param name="contracts">By source.</param>
internal sealed class FeatureDisclosure(FeatureCatalogue catalogue, IReadOnlyDictionary<string, ContractPlan> contracts)
{
    /// <summary>A feature that the project does not have is not open.</summary>
    public bool IsOpen(string feature) =>
        catalogue.Find(feature) is { } found
        && contracts.TryGetValue(found.Source, out var contract)
        && found.Columns.All(c => Disclosure.IsOpen(contract, c))
        && found.Upstream.All(IsOpen);
}
