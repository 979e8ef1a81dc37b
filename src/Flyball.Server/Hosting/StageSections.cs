using Flyball.Governance.Applied;
using Flyball.Monitoring;
using Flyball.Projects;
using Flyball.Registry;
using Flyball.Retraining;
using Flyball.Rollout;
using Flyball.Serving;
using Flyball.Serving.Backends;
using Flyball.Serving.Streams;
using Flyball.Training;

namespace Flyball.Server.Hosting;

/// <summary>The sections of model files that belong to later stages: each stage reads its own, and what nobody knows is a problem.</summary>
internal static class StageSections
{
    /// <summary>Reads a folder with every section of every stage.</summary>
    public static ProjectReading Read(string directory)
    {
        if (ProjectPlan.Load(directory, out var problems) is not { } plan)
        {
            return new ProjectReading(null, problems);
        }

        try
        {
            Check(plan);
            return new ProjectReading(plan, []);
        }
        catch (ProjectException e)
        {
            return new ProjectReading(null, e.Problems);
        }
    }

    /// <summary>Reads every section of every model.</summary>
    /// <returns>The serve sections by model.</returns>
    /// <exception cref="ProjectException">Carries every problem.</exception>
    public static Dictionary<string, ServeDefinition> Check(ProjectPlan plan)
    {
        var problems = new ProblemList();
        var serve = new Dictionary<string, ServeDefinition>(StringComparer.Ordinal);
        foreach (var model in plan.Models.Values.OrderBy(m => m.Name, StringComparer.Ordinal))
        {
            var root = model.Definition.Root;
            var before = root.Problems.Count;
            DecisionRules.Compile(model.Definition.Decide, root.At("decide"), problem => problems.Add(problem));
            ModelGates.Read(model, problems);
            serve[model.Name] = ServeDefinition.Read(model, problems);
            BackendDefinition.Read(model, problems);
            RolloutDefinition.Read(model, problems);
            MonitorDefinition.Read(model);
            RetrainDefinition.Read(model, problems);
            root.Finish();
            problems.Add(root.Problems.Skip(before));
        }

        StreamDefinition.CheckNames(plan.Models.Values.OrderBy(m => m.Name, StringComparer.Ordinal).Select(m => (m, serve[m.Name])), problems);
        return problems.Count == 0 ? serve : throw new ProjectException([.. problems.Distinct()]);
    }
}
