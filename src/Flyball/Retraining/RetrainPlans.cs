using System.Runtime.CompilerServices;
using Flyball.Engine.Problems;
using Flyball.Projects;
using Flyball.Training;

namespace Flyball.Retraining;

/// <summary>The retrain sections of the applied project, each read once: a section is not safe to read from two threads.</summary>
internal sealed class RetrainPlans(ActiveProject project)
{
    private readonly Lock reading = new();
    private readonly ConditionalWeakTable<ModelPlan, RetrainPlan> read = [];

    /// <exception cref="FlyballException">A section has a problem.</exception>
    public IReadOnlyList<RetrainPlan> Current()
    {
        lock (reading)
        {
            return [.. project.Current.Models.Values.OrderBy(m => m.Name, StringComparer.Ordinal).Select(m => read.GetValue(m, Read))];
        }
    }

    public static RetrainPlan Read(ModelPlan model)
    {
        var problems = new ProblemList();
        var definition = RetrainDefinition.Read(model, problems);
        return problems.Count == 0
            ? new RetrainPlan(model.Name, model.Definition.Digest.Short, definition)
            : throw new FlyballException(problems[0]);
    }
}
