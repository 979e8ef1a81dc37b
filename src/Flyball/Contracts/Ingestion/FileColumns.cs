using Flyball.Contracts.Rows;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Ingestion;

/// <summary>Which column of the contract each column of a file is.</summary>
internal static class FileColumns
{
    /// <summary>Marks the column of known-at that stands beside the contract.</summary>
    public const int Beside = -2;

    private const int Most = 10_000;
    private const int LongestShownName = 64;

    /// <summary>For each column its position in the contract, or <see cref="Beside"/>.</summary>
    /// <exception cref="FlyballException">FLY3004 names every column that does not fit.</exception>
    public static int[] Of(IReadOnlyList<string> names, ContractPlan plan, KnownAtColumn? knownAt, string file)
    {
        if (names.Count > Most)
        {
            throw Refused(file, FormattableString.Invariant($"The file has {names.Count} columns, and at most {Most} are read."));
        }

        var problems = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var found = new int[names.Count];
        for (var i = 0; i < found.Length; i++)
        {
            found[i] = plan.Schema.IndexOf(names[i]);
            if (!seen.Add(names[i]))
            {
                problems.Add($"'{Shown(names[i])}' appears twice");
            }
            else if (found[i] < 0 && string.Equals(names[i], knownAt?.Name, StringComparison.Ordinal))
            {
                found[i] = Beside;
            }
            else if (found[i] < 0)
            {
                problems.Add($"{plan.ShownName(names[i])} is not in the contract");
            }
        }

        problems.AddRange(plan.Fields.Where((f, i) => f.Required && !found.Contains(i)).Select(f => $"'{f.Name}' is required and absent"));
        if (knownAt is not null && !seen.Contains(knownAt.Name))
        {
            problems.Add($"'{Shown(knownAt.Name)}', which should hold known-at, is absent");
        }

        return problems.Count == 0
            ? found
            : throw Refused(file, $"The columns do not fit the contract of {plan.Source}: {string.Join("; ", problems.Take(RowProblems.Most))}{More(problems.Count)}.");
    }

    private static string More(int count) => count > RowProblems.Most ? FormattableString.Invariant($"; and {count - RowProblems.Most} more") : "";

    private static string Shown(string name) => name.Length > LongestShownName ? name[..LongestShownName] + "..." : name;

    private static FlyballException Refused(string file, string message) => new(new Problem("FLY3004", message, new ProblemLocation(file)));
}
