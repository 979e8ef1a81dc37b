using Flyball.Contracts.Privacy;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Projects;

namespace Flyball.Training.ModelTests;

/// <summary>What a model is tried with beside its metrics: declared tests, golden cases, costs of mistakes.</summary>
/// <param name="Tests">The section <c>tests:</c>.</param>
/// <param name="Costs">The section <c>costs:</c>; null without one.</param>
/// <param name="Golden">The golden cases; null when the project has no such file.</param>
/// <param name="GoldenDigest">Digest of that file: it is part of what a run is made from.</param>
/// <param name="Groups">The columns of <c>monitor: groups:</c>, whose slices and intersections are reported.</param>
public sealed record ModelChecks(
    IReadOnlyList<ModelTestDefinition> Tests, CostDefinition? Costs, IReadOnlyList<GoldenCase>? Golden, Digest? GoldenDigest, IReadOnlyList<string> Groups)
{
    public static ModelChecks None { get; } = new([], null, null, null, []);

    /// <summary>Reads the sections and the golden file of a model.</summary>
    internal static ModelChecks Read(ModelPlan model, string directory, ProblemList problems)
    {
        var (definition, request) = (model.Definition, model.Vector.Request);
        var root = definition.Root;
        var tests = root.Sections("tests").Select(t => ModelTestDefinition.Read(t, request)).OfType<ModelTestDefinition>().ToList();
        foreach (var twice in tests.GroupBy(t => t.Name, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            problems.Add(new Problem("FLY1301", $"Two tests are named {twice.Key}.", root.At("tests"), "Give one of them another name:."));
        }

        var costs = root.Section("costs") is { } section ? CostDefinition.Read(section, request) : null;
        var groups = root.Section("monitor") is { } monitor ? monitor.Texts("groups") : [];
        foreach (var hidden in groups.Where(g => request.Schema.IndexOf(g) >= 0 && !Disclosure.IsOpen(request, g)))
        {
            problems.Add(new Problem("FLY3383", $"Results are to be shown by {hidden}, and its class keeps its values in the log.", root.At("monitor"), "Name a column of class internal or public, or one without a class."));
        }

        var path = Path.Combine(directory, GoldenFile.PathOf(definition.Name));
        if (!File.Exists(path))
        {
            return new ModelChecks(tests, costs, null, null, groups);
        }

        var content = File.ReadAllBytes(path);
        return new ModelChecks(tests, costs, GoldenFile.Read(model, content, problems), Digest.Of(content), groups);
    }
}
