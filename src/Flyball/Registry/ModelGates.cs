using Flyball.Engine.Problems;
using Flyball.Projects;
using Flyball.Registry.Gates;
using Flyball.Training;

namespace Flyball.Registry;

/// <summary>The section <c>gates:</c> of a model: one condition a line, all of which must hold.</summary>
public static class ModelGates
{
    /// <summary>Reads and parses every gate; each one that cannot be understood adds a problem and is left out.</summary>
    public static IReadOnlyList<GateDefinition> Read(ModelPlan model, ProblemList problems)
    {
        var gates = new List<GateDefinition>();
        foreach (var text in model.Definition.Root.Texts("gates"))
        {
            if (GateDefinition.TryParse(text, model.Definition.Root.At("gates"), out var gate, out var problem))
            {
                gates.Add(gate!);
            }
            else
            {
                problems.Add(problem!);
            }
        }

        return gates;
    }

    /// <summary>Gates of a model that any model would pass, as far as can be said without rows: they bound nothing.</summary>
    public static IEnumerable<Problem> Empty(ModelPlan model)
    {
        foreach (var gate in Read(model, new ProblemList()))
        {
            if (gate is { Bound.IsRelative: false, Metric.OfRows.Definition: { } metric } && NoSkill.Of(metric) is { } level && GateResult.Holds(level, gate.Comparison, gate.Bound.Value))
            {
                yield return new Problem(
                    "FLY3359",
                    string.Create(System.Globalization.CultureInfo.InvariantCulture, $"A model that knows nothing passes '{gate.Text}': its {metric.Name} is {level:0.######}."),
                    model.Definition.Root.At("gates"),
                    "Bound it beyond that, or leave the gate out.");
            }
        }
    }
}
