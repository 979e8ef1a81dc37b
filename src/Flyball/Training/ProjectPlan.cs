using System.Collections.Frozen;
using Flyball.Contracts;
using Flyball.Engine.Problems;
using Flyball.Features;
using Flyball.Projects;
using Flyball.Training.ModelTests;

namespace Flyball.Training;

/// <summary>A whole project folder, compiled: contracts, features and models. Immutable; swapped whole when definitions are applied.</summary>
public sealed class ProjectPlan
{
    private readonly Lazy<FeatureDisclosure> disclosure;

    private ProjectPlan(ProjectFolder folder, IReadOnlyDictionary<string, byte[]> files, ContractSet contractSet, FrozenDictionary<string, ContractPlan> contracts, FeaturePlans features, FrozenDictionary<string, ModelPlan> models)
    {
        Folder = folder;
        Files = files;
        ContractSet = contractSet;
        Contracts = contracts;
        Features = features;
        Models = models;
        disclosure = new Lazy<FeatureDisclosure>(() => new FeatureDisclosure(FeatureCatalogue.Of(features), contracts));
    }

    public ProjectFolder Folder { get; }

    /// <summary>The files of the folder by relative path: what a training process is given.</summary>
    public IReadOnlyDictionary<string, byte[]> Files { get; }

    public ContractSet ContractSet { get; }

    /// <summary>By source name.</summary>
    public FrozenDictionary<string, ContractPlan> Contracts { get; }

    public FeaturePlans Features { get; }

    public FrozenDictionary<string, ModelPlan> Models { get; }

    /// <summary>Which features' values may stand in clear outside the log. Made when it is first asked for.</summary>
    internal FeatureDisclosure Disclosure => disclosure.Value;

    /// <summary>Reads and compiles a project folder. Every problem of every file is in <paramref name="problems"/>; the result is null when there is one.</summary>
    public static ProjectPlan? Load(string directory, out ProblemList problems)
    {
        var outcome = ProjectFolder.Load(directory);
        problems = outcome.Problems;
        if (outcome.Folder is not { } folder)
        {
            return null;
        }

        var set = ContractSet.Compile(folder.Contracts, problems);
        var contracts = set.Plans.ToDictionary(p => p.Source, StringComparer.Ordinal);
        var views = folder.Features.Select(f => FeatureViewDefinition.Read(f.Root)).OfType<FeatureViewDefinition>().ToList();
        var features = FeaturePlans.Compile(views, contracts, problems);
        var models = new Dictionary<string, ModelPlan>(StringComparer.Ordinal);
        foreach (var document in folder.Models)
        {
            var model = ModelDefinition.Read(document.Root) is { } definition ? ModelPlan.Compile(definition, contracts, features, problems) : null;
            model = model is null ? null : CommandFiles.Attach(model with { Checks = ModelChecks.Read(model, directory, problems) }, directory, problems);
            if (model is not null && !models.TryAdd(model.Name, model))
            {
                problems.Add(new Problem("FLY1129", $"The model {model.Name} is defined twice.", document.Root.Where, "Names of models are unique in a workspace."));
            }
        }

        return problems.Count > 0
            ? null
            : new ProjectPlan(folder, Capture(directory, folder, models.Values), set, contracts.ToFrozenDictionary(StringComparer.Ordinal), features, models.ToFrozenDictionary(StringComparer.Ordinal));
    }

    private static Dictionary<string, byte[]> Capture(string directory, ProjectFolder folder, IReadOnlyCollection<ModelPlan> models) =>
        folder.Contracts.Concat(folder.Features).Concat(folder.Models).Select(f => f.Path).Append("flyball.yaml")
            .Concat(models.Where(m => m.Checks.GoldenDigest is not null).Select(m => GoldenFile.PathOf(m.Name)))
            .Concat(models.SelectMany(m => m.CommandFiles.Keys))
            .Distinct(StringComparer.Ordinal)
            .ToDictionary(path => path, path => File.ReadAllBytes(Path.Combine(directory, path)), StringComparer.Ordinal);
}
