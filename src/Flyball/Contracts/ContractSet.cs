using System.Collections.Frozen;
using Flyball.Contracts.Odcs;
using Flyball.Projects;

namespace Flyball.Contracts;

/// <summary>The contracts of a project by source. Immutable.</summary>
public sealed class ContractSet
{
    private readonly FrozenDictionary<string, ContractPlan> bySource;

    /// <exception cref="ArgumentException">Two plans share a source.</exception>
    public ContractSet(IEnumerable<ContractPlan> plans)
    {
        Plans = [.. plans.OrderBy(p => p.Source, StringComparer.Ordinal)];
        bySource = Plans.ToFrozenDictionary(p => p.Source, StringComparer.Ordinal);
    }

    /// <summary>By name of the source.</summary>
    public IReadOnlyList<ContractPlan> Plans { get; }

    /// <summary>Compiles a project's contract files, each of which may describe several sources; a file with problems is left out, and its problems are in the list.</summary>
    public static ContractSet Compile(IReadOnlyList<ProjectFile> files, ProblemList problems)
    {
        var plans = new List<ContractPlan>();
        foreach (var plan in ContractCompiler.Compile([.. files.Select(f => f.Root)]))
        {
            if (plans.Find(p => string.Equals(p.Source, plan.Source, StringComparison.Ordinal)) is { } first)
            {
                problems.Add("FLY1108", $"The source '{plan.Source}' is described by {first.Definition.Where.File} too.", plan.Definition.Where, "Keep one contract a source.");
            }
            else
            {
                plans.Add(plan);
            }
        }

        return new ContractSet(plans);
    }

    public ContractPlan? Find(string source) => bySource.GetValueOrDefault(source);
}
