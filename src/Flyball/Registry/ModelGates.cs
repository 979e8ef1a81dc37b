using Flyball.Contracts;
using Flyball.Contracts.Privacy;
using Flyball.Engine.Expressions;
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
                if (Hidden(gate!, model.Vector.Request) is { } column)
                {
                    problems.Add(new Problem(
                        "FLY3384", $"A gate is to be held on rows chosen by {column}, and its class keeps its values in the log: frozen rows do not carry it.", model.Definition.Root.At("gates"), "Choose rows by a column of class internal or public, or one without a class."));
                }
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

    /// <summary>The first column that a gate cuts rows by and that is not open; null when there is none.</summary>
    private static string? Hidden(GateDefinition gate, ContractPlan request)
    {
        var outcome = gate.Slice is { } condition ? RowBinder.Bind(condition, request.Schema) : null;
        var cut = outcome is { Succeeded: true } ? gate.Cells.Concat(outcome.Plan.Reads) : gate.Cells;
        return cut.FirstOrDefault(c => request.Schema.IndexOf(c) >= 0 && !Disclosure.IsOpen(request, c));
    }
}
