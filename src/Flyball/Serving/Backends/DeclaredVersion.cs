using Flyball.Engine.Identity;
using Flyball.Training;

namespace Flyball.Serving.Backends;

/// <summary>Makes what a model file declares into a version that serves. It has the number 0 and the digest of its declaration.</summary>
public static class DeclaredVersion
{
    /// <summary>The number of a version that no registry gave.</summary>
    public const int Number = 0;

    public static ServedVersion Of(ModelPlan model, BackendDefinition backend)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(backend);
        var manifest = ManifestOf(model, backend);

        // The project was checked when it was applied: its rules compile.
        var rules = DecisionRules.Compile(model.Definition.Decide, model.Definition.Where, _ => { });
        IScorer scorer = backend.Remote is { } remote
            ? new RemoteBackend(remote, manifest, model.Task.IsProbability)
            : new RuleBackend(backend.Rule!, manifest);
        return new ServedVersion(model.Name, Number, backend.Digest, model.Vector, scorer, rules) { UnknownColumn = model.UnknownColumn };
    }

    /// <summary>
    /// Puts the declared backends of models without a version in force. Threads of the pool that wait for remote models are added to those that work, once.
    /// </summary>
    public static void Deploy(ProjectPlan project, TrafficPlans traffic)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(traffic);
        foreach (var model in project.Models.Values.OrderBy(m => m.Name, StringComparer.Ordinal))
        {
            if (traffic.For(model.Name) is null && BackendDefinition.Of(model) is { } backend)
            {
                traffic.Swap(new TrafficPlan(model.Name, Of(model, backend)));
                AddThreads(backend);
            }
        }
    }

    /// <summary>The version that a digest names, when it is that of a backend which the project declares now; null otherwise. The caller disposes it.</summary>
    internal static ServedVersion? Find(ProjectPlan project, Digest digest) =>
        project.Models.Values.FirstOrDefault(m => BackendDefinition.Of(m)?.Digest == digest) is { } model ? Of(model, BackendDefinition.Of(model)!) : null;

    /// <summary>The pool adds a thread each half second when all of them wait, which is longer than any request has.</summary>
    private static void AddThreads(BackendDefinition backend)
    {
        if (backend.Remote is not null)
        {
            ThreadPool.GetMinThreads(out var workers, out var ports);
            ThreadPool.SetMinThreads(Math.Max(workers, Environment.ProcessorCount + RemoteTerms.UsualConcurrency), ports);
        }
    }

    private static ModelManifest ManifestOf(ModelPlan model, BackendDefinition backend)
    {
        // Nothing was learned from any rows, so there is nothing to drift from.
        var unknown = FrozenProfile.Of([]);
        return new ModelManifest
        {
            Format = ModelManifest.CurrentFormat,
            Model = model.Name,
            Task = model.Definition.Task,
            RunId = backend.Digest.Hex,
            PredictOn = model.Definition.PredictOn,
            RequestContract = model.Vector.Request.Digest.Hex,
            Features = [.. model.Vector.Columns.Select(c => new ManifestFeature(c.Name, c.Definition.Hex, 0))],
            Inputs = [.. model.Vector.Request.Schema.Fields.Select(f => f.Name)],
            Gates = [],
            OwnLabel = model.HasOwnLabel ? model.LabelSource.Schema.Fields[model.LabelValueIndex].Name : null,
            Decide = model.Definition.Decide,
            Definition = model.Definition.Canonical,
            Reference = new ReferenceProfile([.. model.Vector.Columns.Select(_ => unknown)], unknown, 0),
            PackagingDifference = 0,
        };
    }
}
