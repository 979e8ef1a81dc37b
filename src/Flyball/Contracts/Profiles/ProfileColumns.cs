using Flyball.Contracts.Privacy;
using Flyball.Engine.Profiles;

namespace Flyball.Contracts.Profiles;

/// <summary>The columns of a contract as they are profiled.</summary>
internal static class ProfileColumns
{
    /// <summary>In the order of the schema. A column whose values stay in the log is opaque: nothing of its values is kept.</summary>
    public static IReadOnlyList<ProfiledColumn> Of(ContractPlan plan) =>
        [.. plan.Schema.Fields.Select((f, i) => new ProfiledColumn(f.Name, f.Type, !Disclosure.IsOpen(plan, i)))];
}
