using Flyball.Contracts;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Features;
using Flyball.Features.History;
using Flyball.Storage.Lakes;

namespace Flyball.Training.History;

/// <summary>From a request to what it reads and computes.</summary>
internal static class HistoryCompiler
{
    /// <summary>The views asked for, or none when it is a model that is asked for.</summary>
    /// <exception cref="FlyballException">FLY4004: there is no such view or model. FLY3170: the view is computed from requests.</exception>
    public static IReadOnlyList<EntityFeatureView> ViewsOf(ProjectPlan project, HistoryRequest request) => [.. request.Views.Select(name =>
        project.Features.EntityView(name) ?? throw (project.Features.RequestView(name) is null
            ? new FlyballException(new Problem("FLY4004", $"There is no view {name}.", new ProblemLocation(Field: "view"), $"Known views: {string.Join(", ", project.Features.EntityViews.Select(v => v.Name))}."))
            : HistoryTerms.Refuse("view", $"The view {name} is computed from requests, which a spine does not hold.", "Ask for a model that uses it: its requests are the spine then.")))];

    public static ModelPlan? ModelOf(ProjectPlan project, HistoryRequest request) => request.Model is not { } name ? null
        : project.Models.TryGetValue(name, out var found) ? found
        : throw new FlyballException(new Problem("FLY4004", $"The project has no model {name}.", new ProblemLocation(Field: "model"), $"Known models: {string.Join(", ", project.Models.Keys.Order(StringComparer.Ordinal))}."));

    /// <summary>The sources whose tables are read.</summary>
    public static IReadOnlyList<ContractPlan> SourcesOf(ProjectPlan project, HistoryRequest request) => ModelOf(project, request) is { } model
        ? Datasets.TrainingSetBuilder.SourcesOf(model)
        : [.. ViewsOf(project, request).Select(v => v.Source).DistinctBy(s => s.Source).OrderBy(s => s.Source, StringComparer.Ordinal)];

    public static HistoryPlan PlanOf(ProjectPlan project, HistoryJob job, IReadOnlyList<LakeManifest> tables)
    {
        var (request, horizon) = (job.Request, new Horizon(job.Horizon));
        if (ModelOf(project, request) is { } model)
        {
            var names = ModelSpine.ColumnsOf(model.Vector.Request);
            var asked = ViewLane.Of(model.Vector.Entities.Select(e => (e.View, names[e.RequestColumn])), horizon, request.Visibility, tellsStatuses: false);
            var labels = LabelFold.LaneOf(model, names[model.RequestKeyIndex]);
            return Plan([.. asked.Select(l => l.Lane), labels], new ModelShape(model.Vector, asked, names));
        }

        var views = ViewsOf(project, request);
        var lanes = ViewLane.Of(views.Select(v => (v, v.Definition.Entity!)), horizon, request.Visibility, request.Statuses);
        return Plan([.. lanes.Select(l => l.Lane)], new ViewShape(views, lanes, request.Statuses));

        HistoryPlan Plan(IReadOnlyList<HistoryLane> of, IHistoryShape shape) =>
            new(of, shape, request.Visibility, tables) { Bucket = request.Bucket, AllowsEmpty = request.AllowsEmpty };
    }

    /// <summary>The features of a result with the digests of what they mean.</summary>
    public static IEnumerable<(string Name, Digest Definition)> FeaturesOf(ProjectPlan project, HistoryRequest request) => ModelOf(project, request) is { } model
        ? model.Vector.Columns.Select(c => (c.Name, c.Definition))
        : ViewsOf(project, request).SelectMany(v => v.Plan.Features.Select(f => ($"{v.Name}.{f.Name}", EntityFeatureView.Identify(
            Digest.Of(f.Canonical), FeatureReads.MeaningOf(v.Source, [.. FeatureReads.Of(v, f.Name), v.Definition.Entity!]), Digest.Of(v.Definition.Entity!)))));
}
