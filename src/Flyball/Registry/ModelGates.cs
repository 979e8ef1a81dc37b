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
}
