using System.Globalization;
using Flyball.Engine.Problems;
using Flyball.Features;
using Flyball.Governance.Lineage;
using Flyball.Training;

namespace Flyball.Governance.Applied;

/// <summary>
/// A feature goes when nobody answers with it any more: retire it, roll out a version without it, then remove it. What is only kept for a
/// rollback does not hold it; that break is named and may be accepted.
/// </summary>
internal static class FeatureRemoval
{
    /// <param name="old">What is applied; null before the first apply, when nothing is removed.</param>
    public static IEnumerable<Problem> Check(ProjectPlan next, IReadOnlyList<LiveVersion> versions, ProjectPlan? old)
    {
        var was = old is null ? [] : FeatureCatalogue.Of(old.Features).Features;
        var now = FeatureCatalogue.Of(next.Features);
        foreach (var gone in was.Where(f => now.Find(f.Name) is null).OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            // With its model gone too, the break of the model says it.
            foreach (var version in versions.Where(v => v.Answers && v.DefinitionOf(gone.Name) is not null && next.Models.ContainsKey(v.Model)))
            {
                yield return new Problem(
                    "FLY3195",
                    string.Create(CultureInfo.InvariantCulture, $"The feature {gone.Name} is removed, and version {version.Version} of {version.Model} ({version.Role}) answers with it."),
                    new ProblemLocation(gone.View.Where.File, Field: gone.Name),
                    "Keep it with 'retired: true' until a version without it has taken over.");
            }
        }
    }
}
