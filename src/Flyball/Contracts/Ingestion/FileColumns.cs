using Flyball.Contracts.Rows;
using Flyball.Contracts.Versions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Ingestion;

/// <summary>
/// Which column of the contract each column of a file is, and of the earlier version that is accepted beside it. A file whose columns fit both is
/// judged row by row: by the contract, and where a row breaks it, by the earlier version.
/// </summary>
/// <param name="Present">For each column of the file its position in the contract, or <see cref="Beside"/>; null when the columns do not fit it.</param>
/// <param name="Earlier">The same for the earlier version; null when there is none, or the columns do not fit.</param>
internal sealed record FileColumns(int[]? Present, int[]? Earlier)
{
    /// <summary>Marks the column of known-at that stands beside the contract.</summary>
    public const int Beside = -2;

    /// <summary>Marks a column of the contract that is passed over.</summary>
    public const int Dropped = -3;

    /// <summary>Columns of the file that are not the contract's and are passed over.</summary>
    public int Ignored { get; private init; }

    private const int Most = 10_000;
    private const int LongestShownName = 64;

    /// <exception cref="FlyballException">FLY3004 names every column that does not fit.</exception>
    /// <param name="names">The columns of the file.</param>
    /// <param name="plan">The contract.</param>
    /// <param name="knownAt">The column that says when each row was known; null for none.</param>
    /// <param name="earlier">The earlier version; null for none.</param>
    /// <param name="file">Name of the file.</param>
    /// <param name="unknown">Position of a column that may be absent, and is dropped; -1 for none.</param>
    /// <param name="requests">What requests may lack, and have beside the contract; null for the contract alone.</param>
    public static FileColumns Of(
        IReadOnlyList<string> names, ContractPlan plan, KnownAtColumn? knownAt, EarlierReader? earlier, string file, int unknown = -1, RequestPolicy? requests = null)
    {
        if (names.Count > Most)
        {
            throw Refused(file, FormattableString.Invariant($"The file has {names.Count} columns, and at most {Most} are read."));
        }

        var (present, problems) = Fit(names, plan, knownAt, unknown, requests ?? RequestPolicy.Strict);
        var before = earlier is null ? default : Fit(names, earlier.Plan, knownAt, -1, RequestPolicy.Strict);
        var fits = before.Problems is { Count: 0 };
        if (problems.Count == 0)
        {
            return new FileColumns(present, fits ? before.Columns : null) { Ignored = names.Count(n => plan.ColumnOf(n) < 0 && n != knownAt?.Name) };
        }

        if (fits && earlier!.IsOpen)
        {
            return new FileColumns(null, before.Columns);
        }

        var hint = fits ? " " + earlier!.Closed.Message : "";
        throw Refused(file, $"The columns do not fit the contract of {plan.Source}: {string.Join("; ", problems.Take(RowProblems.Most))}{More(problems.Count)}.{hint}");
    }

    private static (int[] Columns, List<string> Problems) Fit(IReadOnlyList<string> names, ContractPlan plan, KnownAtColumn? knownAt, int unknown, RequestPolicy requests)
    {
        var problems = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var taken = new Dictionary<int, string>();
        var found = new int[names.Count];
        for (var i = 0; i < found.Length; i++)
        {
            var name = names[i];
            found[i] = plan.ColumnOf(name);
            var isKnownAt = string.Equals(name, knownAt?.Name, StringComparison.Ordinal);
            if (!seen.Add(name))
            {
                problems.Add($"{(found[i] < 0 && !isKnownAt ? plan.ShownName(name) : $"'{Shown(name)}'")} appears twice");
            }
            else if (isKnownAt && (knownAt!.ContractIndex < 0 || found[i] < 0))
            {
                found[i] = Beside;
            }
            else if (found[i] < 0 && requests.IgnoresUnknown)
            {
                found[i] = Dropped;
            }
            else if (found[i] < 0)
            {
                problems.Add($"{plan.ShownName(name)} is not in the contract");
            }
            else if (!taken.TryAdd(found[i], name))
            {
                problems.Add($"'{Shown(taken[found[i]])}' and '{Shown(name)}' are the same column");
            }
        }

        problems.AddRange(plan.Fields.Where((f, i) => f.Required && i != unknown && !taken.ContainsKey(i) && !requests.Fills(f.Name) && !(f.Name == knownAt?.Name && found.Contains(Beside))).Select(f => $"'{f.Name}' is required and absent"));
        if (knownAt is { IsOptional: false } && !seen.Contains(knownAt.Name))
        {
            problems.Add($"'{Shown(knownAt.Name)}', which should hold known-at, is absent");
        }

        if (unknown >= 0 && Array.IndexOf(found, unknown) is >= 0 and var dropped)
        {
            found[dropped] = Dropped;
        }

        return (found, problems);
    }

    private static string More(int count) => count > RowProblems.Most ? FormattableString.Invariant($"; and {count - RowProblems.Most} more") : "";

    private static string Shown(string name) => name.Length > LongestShownName ? name[..LongestShownName] + "..." : name;

    private static FlyballException Refused(string file, string message) => new(new Problem("FLY3004", message, new ProblemLocation(file)));
}
