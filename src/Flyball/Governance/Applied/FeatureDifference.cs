using Flyball.Features;
using Flyball.Training;

namespace Flyball.Governance.Applied;

/// <summary>What differs between the features of two compiled projects, feature by feature. Pure.</summary>
internal static class FeatureDifference
{
    /// <param name="old">Null before the first apply: every feature is added.</param>
    /// <returns>In order of names.</returns>
    public static IReadOnlyList<FeatureEdit> Between(ProjectPlan? old, ProjectPlan next)
    {
        var was = (old is null ? [] : FeatureCatalogue.Of(old.Features).Features).ToDictionary(f => f.Name, StringComparer.Ordinal);
        var now = FeatureCatalogue.Of(next.Features).Features.ToDictionary(f => f.Name, StringComparer.Ordinal);
        var edits = new List<FeatureEdit>();
        foreach (var name in was.Keys.Union(now.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (before, after) = (was.GetValueOrDefault(name), now.GetValueOrDefault(name));
            if (Change(before, after) is { } change)
            {
                edits.Add(new FeatureEdit(name, change, before?.Digest.Hex, after?.Digest.Hex, [.. Using(name, old).Union(Using(name, next), StringComparer.Ordinal).Order(StringComparer.Ordinal)]));
            }
        }

        return edits;
    }

    private static string? Change(CataloguedFeature? before, CataloguedFeature? after) => (before, after) switch
    {
        (null, _) => "added",
        (_, null) => "removed",
        _ when before.Digest != after.Digest => "changed",
        _ when before.Definition.IsRetired != after.Definition.IsRetired => after.Definition.IsRetired ? "retired" : "restored",
        _ when Words(before) != Words(after) => "described",
        _ => null,
    };

    private static string Words(CataloguedFeature feature) =>
        string.Join('\n', feature.Owner, feature.Definition.Unit, feature.Definition.Description, feature.Definition.Checks?.ToJson().ToJsonString());

    private static IEnumerable<string> Using(string feature, ProjectPlan? plan) =>
        (plan?.Models.Values ?? []).Where(m => m.Vector.Columns.Any(c => c.Name == feature)).Select(m => m.Name);
}
