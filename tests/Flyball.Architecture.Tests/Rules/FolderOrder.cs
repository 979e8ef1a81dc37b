using Flyball.Architecture.Tests.Assemblies;

namespace Flyball.Architecture.Tests.Rules;

/// <summary>The folders of an assembly stand in an order, and a type uses only folders before its own.</summary>
internal static class FolderOrder
{
    /// <summary>
    /// Of assembly Flyball: what every stage stands on, then the stages in the order data flows. Types right in the root
    /// namespace wire the stages together and stand after them.
    /// </summary>
    public static readonly IReadOnlyList<string> Flyball =
    [
        "Problems", "Access", "Projects", "Workspaces",
        "Contracts", "Features", "Training", "Registry", "Serving", "Rollout", "Monitoring", "Retraining", "Incidents", "Governance",
        "",
    ];

    public static List<string> Violations(AssemblyFacts assembly, IReadOnlyList<string> order)
    {
        List<string> violations = [];
        foreach (var type in Subjects(assembly))
        {
            var own = Position(order, assembly.FolderOf(type.Namespace)!);
            if (own < 0)
            {
                violations.Add($"{type.FullName}: its folder has no place in the order");
                continue;
            }

            foreach (var use in type.Uses.Where(u => u.Assembly == assembly.Name))
            {
                if (assembly.FolderOf(use.Namespace) is { } folder && Position(order, folder) > own)
                {
                    violations.Add($"{type.FullName} uses {use.Name}, which comes after it");
                }
            }
        }

        return violations;
    }

    public static IEnumerable<TypeFacts> Subjects(AssemblyFacts assembly) =>
        assembly.Types.Where(t => assembly.FolderOf(t.Namespace) is not null && !t.IsGenerated);

    private static int Position(IReadOnlyList<string> order, string folder)
    {
        for (var i = 0; i < order.Count; i++)
        {
            if (order[i] == folder)
            {
                return i;
            }
        }

        return -1;
    }
}
