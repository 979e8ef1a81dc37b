using Flyball.Architecture.Tests.Assemblies;

namespace Flyball.Architecture.Tests.Rules;

/// <summary>The folders of an assembly do not use each other round about.</summary>
internal static class FolderCycles
{
    public static List<string> Violations(AssemblyFacts assembly)
    {
        Dictionary<string, HashSet<string>> uses = [];
        foreach (var type in FolderOrder.Subjects(assembly))
        {
            var own = assembly.FolderOf(type.Namespace)!;
            var targets = uses.TryGetValue(own, out var known) ? known : uses[own] = [];
            targets.UnionWith(type.Uses.Where(u => u.Assembly == assembly.Name)
                .Select(u => assembly.FolderOf(u.Namespace)).OfType<string>().Where(f => f != own));
        }

        // Two folders are in one cycle when each reaches the other.
        return [.. from a in uses.Keys
                   from b in uses.Keys
                   where string.CompareOrdinal(a, b) < 0 && Reaches(uses, a, b) && Reaches(uses, b, a)
                   select $"{assembly.Name}: folders '{a}' and '{b}' use each other, directly or round about"];
    }

    private static bool Reaches(Dictionary<string, HashSet<string>> uses, string from, string to)
    {
        HashSet<string> seen = [from];
        Queue<string> open = new([from]);
        while (open.TryDequeue(out var folder))
        {
            foreach (var next in uses.TryGetValue(folder, out var targets) ? targets : [])
            {
                if (next == to)
                {
                    return true;
                }

                if (seen.Add(next))
                {
                    open.Enqueue(next);
                }
            }
        }

        return false;
    }
}
