using Flyball.Contracts.Versions;
using Flyball.Engine.Identity;
using Flyball.Training;

namespace Flyball.Governance.Applied;

/// <summary>What differs between two compiled projects, definition by definition. Pure.</summary>
internal static class ProjectDifference
{
    /// <param name="old">Null before the first apply: everything is added.</param>
    public static IReadOnlyList<ProjectChange> Between(ProjectPlan? old, ProjectPlan next)
    {
        List<ProjectChange> changes = [];
        AddProject(old, next, changes);
        AddContracts(old, next, changes);
        AddViews(old, next, changes);
        AddModels(old, next, changes);
        return changes;
    }

    private static void AddProject(ProjectPlan? old, ProjectPlan next, List<ProjectChange> changes)
    {
        if (old is null || old.Folder.Definition != next.Folder.Definition)
        {
            changes.Add(new ProjectChange("project", next.Folder.Definition.Name, old is null ? "added" : "changed", []));
        }
    }

    private static void AddContracts(ProjectPlan? old, ProjectPlan next, List<ProjectChange> changes)
    {
        foreach (var source in Union(old?.Contracts.Keys, next.Contracts.Keys))
        {
            var was = old?.Contracts.GetValueOrDefault(source);
            var now = next.Contracts.GetValueOrDefault(source);
            if (was?.Digest == now?.Digest)
            {
                continue;
            }

            IReadOnlyList<(ContractChange Change, ChangeImpact Impact)> details = was is null || now is null
                ? []
                : [.. ContractDifference.Between(was, now).Select(c => (c, ChangeImpact.Of(source, c, old!)))];
            var touched = ModelsOn(source, old).Concat(ModelsOn(source, next)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
            changes.Add(new ProjectChange("contract", source, Word(was is null, now is null), [.. touched]) { From = was?.Version, To = now?.Version, Details = details });
        }
    }

    private static void AddViews(ProjectPlan? old, ProjectPlan next, List<ProjectChange> changes)
    {
        var (was, now) = (ViewsOf(old), ViewsOf(next));
        var edits = FeatureDifference.Between(old, next);
        foreach (var view in Union(was.Keys, now.Keys).Where(v => Nullable(was, v) != Nullable(now, v)))
        {
            var touched = ModelsWith(view, old).Concat(ModelsWith(view, next)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
            changes.Add(new ProjectChange("features", view, Word(!was.ContainsKey(view), !now.ContainsKey(view)), [.. touched])
            {
                Features = [.. edits.Where(e => e.Feature.StartsWith(view + ".", StringComparison.Ordinal))],
            });
        }
    }

    private static void AddModels(ProjectPlan? old, ProjectPlan next, List<ProjectChange> changes)
    {
        foreach (var model in Union(old?.Models.Keys, next.Models.Keys))
        {
            var was = old?.Models.GetValueOrDefault(model)?.Definition.Digest;
            var now = next.Models.GetValueOrDefault(model)?.Definition.Digest;
            if (was != now)
            {
                changes.Add(new ProjectChange("model", model, Word(was is null, now is null), [model]));
            }
        }
    }

    private static string Word(bool wasAbsent, bool isAbsent) => wasAbsent ? "added" : isAbsent ? "removed" : "changed";

    private static Digest? Nullable(Dictionary<string, Digest> views, string name) => views.TryGetValue(name, out var digest) ? digest : null;

    private static Dictionary<string, Digest> ViewsOf(ProjectPlan? plan) => plan is null
        ? []
        : plan.Features.EntityViews.Select(v => v.Definition).Concat(plan.Features.RequestViews.Select(v => v.Definition)).ToDictionary(d => d.Name, d => d.Digest, StringComparer.Ordinal);

    private static IEnumerable<string> ModelsOn(string source, ProjectPlan? plan) => (plan?.Models.Values ?? [])
        .Where(m => m.Vector.Request.Source == source || m.LabelSource.Source == source || m.Vector.EntityViews.Any(v => v.Source.Source == source)).Select(m => m.Name);

    private static IEnumerable<string> ModelsWith(string view, ProjectPlan? plan) => (plan?.Models.Values ?? [])
        .Where(m => m.Vector.Columns.Any(c => c.Name.StartsWith(view + ".", StringComparison.Ordinal)) || m.Vector.EntityViews.Any(v => v.Name == view)).Select(m => m.Name);

    private static IEnumerable<string> Union(IEnumerable<string>? a, IEnumerable<string> b) => (a ?? []).Union(b, StringComparer.Ordinal).Order(StringComparer.Ordinal);
}
