using Flyball.Engine.Profiles;

namespace Flyball.Contracts.Profiles;

/// <summary>The columns of a contract as they are profiled.</summary>
internal static class ProfileColumns
{
    private static readonly string[] OpenClasses = ["public", "internal", "open", "unclassified"];

    /// <summary>In the order of the schema. A column whose class is not known to be harmless is opaque: nothing of its values is kept.</summary>
    public static IReadOnlyList<ProfiledColumn> Of(ContractPlan plan) =>
        [.. plan.Schema.Fields.Select((f, i) => new ProfiledColumn(f.Name, f.Type, IsSensitive(plan.Definition.Fields[i].Classification)))];

    private static bool IsSensitive(string? classification) =>
        classification is not null && !OpenClasses.Contains(classification.Trim(), StringComparer.OrdinalIgnoreCase);
}
