using Flyball.Contracts;
using Flyball.Contracts.Versions;
using Flyball.Features;
using Flyball.Training;

namespace Flyball.Governance.Applied;

/// <summary>
/// Whom a change of a contract breaks, by the columns that compiled definitions read.
/// <list type="number">
/// <item>A feature breaks with a column that its expression or its entity reads; with the event time, every feature of the source does.</item>
/// <item>A feature of the request breaks with the entity features it reads.</item>
/// <item>A model breaks with a feature of its vector, with anything breaking in the source its requests are rows of, and with its label's columns.</item>
/// </list>
/// </summary>
/// <param name="Features">Full names, <c>view.feature</c>, in order.</param>
/// <param name="Models">In order.</param>
public sealed record ChangeImpact(IReadOnlyList<string> Features, IReadOnlyList<string> Models)
{
    private static readonly ChangeImpact None = new([], []);

    /// <param name="source">The source whose contract changes.</param>
    /// <param name="change">One of its changes; a compatible one breaks nobody.</param>
    /// <param name="project">The definitions that read it now.</param>
    public static ChangeImpact Of(string source, ContractChange change, ProjectPlan project)
    {
        if (!change.IsBreaking)
        {
            return None;
        }

        var features = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var view in project.Features.EntityViews.Where(v => v.Source.Source == source))
        {
            var all = TouchesTime(change, view.Source);
            features.UnionWith(view.Plan.Features
                .Where(f => all || change.Field == view.Definition.Entity || (change.Field is { } field && FeatureReads.Of(view, f.Name).Contains(field, StringComparer.Ordinal)))
                .Select(f => $"{view.Name}.{f.Name}"));
        }

        foreach (var view in project.Features.RequestViews)
        {
            features.UnionWith(view.Features
                .Where(f => f.Plan.Reads.Any(r => features.Contains(r) || (view.Source.Source == source && r == change.Field)))
                .Select(f => $"{view.Name}.{f.Name}")
                .ToList());
        }

        var models = project.Models.Values.Where(m =>
            m.Vector.Request.Source == source
            || m.Vector.Columns.Any(c => features.Contains(c.Name))
            || (m.LabelSource.Source == source && TouchesLabel(m, change)));
        return new ChangeImpact([.. features], [.. models.Select(m => m.Name).Order(StringComparer.Ordinal)]);
    }

    private static bool TouchesTime(ContractChange change, ContractPlan source) =>
        change.Change == "event time changed" || (!source.IsTimedByArrival && change.Field == source.Schema.Fields[source.EventTimeIndex].Name);

    private static bool TouchesLabel(ModelPlan model, ContractChange change) =>
        change.Field is null
        || TouchesTime(change, model.LabelSource)
        || change.Field == model.LabelSource.Schema.Fields[model.LabelKeyIndex].Name
        || change.Field == model.LabelSource.Schema.Fields[model.LabelValueIndex].Name;
}
