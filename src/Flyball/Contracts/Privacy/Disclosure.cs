using System.Collections.Frozen;

namespace Flyball.Contracts.Privacy;

/// <summary>
/// The one rule of which columns' values may stand in clear outside the log: in profiles, bundles, cards, reports and what is sliced by them. A column is
/// open when its contract gives it no class or a harmless one, keeps its values as they come, and nothing inside it says otherwise. A class that is
/// not known is not open.
/// </summary>
internal static class Disclosure
{
    private static readonly FrozenSet<string> OpenClasses = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "public", "internal", "open", "unclassified");

    public static bool IsOpen(FieldDefinition field) =>
        field.Privacy == PrivacyTreatment.Keep
        && (field.Classification is null || OpenClasses.Contains(field.Classification.Trim()))
        && new[] { field.Item, field.Key }.OfType<FieldDefinition>().Concat(field.Properties).All(IsOpen);

    public static bool IsOpen(ContractPlan contract, int column) => IsOpen(contract.Definition.Fields[column]);

    /// <summary>A column that the contract does not have is not open.</summary>
    public static bool IsOpen(ContractPlan contract, string column) => contract.Schema.IndexOf(column) is >= 0 and var index && IsOpen(contract, index);
}
