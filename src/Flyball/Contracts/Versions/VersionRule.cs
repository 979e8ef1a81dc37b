using Flyball.Engine.Problems;

namespace Flyball.Contracts.Versions;

/// <summary>
/// What a contract's next version has to be called: a breaking change takes a major step, a compatible one at least a minor step, words at
/// least a patch. A version never goes back, and never stands for two contents. Versions below 1 are no exception: rows are stored under them.
/// </summary>
public static class VersionRule
{
    /// <summary>The largest step among changes.</summary>
    public static VersionStep StepOf(IReadOnlyList<ContractChange> changes) => changes.Count == 0 ? VersionStep.None : changes.Max(c => c.Step);

    /// <summary>The version the next contract should have, or null when the present one cannot be counted on from.</summary>
    public static string? Suggest(string version, IReadOnlyList<ContractChange> changes) =>
        ContractVersion.TryParse(version, out var present) ? present.After(StepOf(changes)).ToString() : null;

    /// <summary>Null when the next version is right; else FLY1260 to FLY1263 with the version that would be.</summary>
    /// <param name="present">In force.</param>
    /// <param name="next">The one that would follow it, of the same source.</param>
    /// <param name="changes">Between the two.</param>
    public static Problem? Check(ContractPlan present, ContractPlan next, IReadOnlyList<ContractChange> changes)
    {
        if (present.Digest == next.Digest)
        {
            return null;
        }

        var where = new ProblemLocation(next.Definition.Where.File, Field: "version");
        if (string.Equals(present.Version, next.Version, StringComparison.Ordinal))
        {
            return new Problem("FLY1262", $"The contract of {next.Source} changed and is still called {next.Version}.", where, Remedy(present, changes));
        }

        if (!ContractVersion.TryParse(present.Version, out var from) || !ContractVersion.TryParse(next.Version, out var to))
        {
            return new Problem("FLY1260", $"The versions {present.Version} and {next.Version} of {next.Source} cannot be compared.", where, "Write a version as numbers, such as 1.2.0.");
        }

        if (to <= from)
        {
            return to == from
                ? new Problem("FLY1262", $"The contract of {next.Source} changed and {next.Version} is the same version as {present.Version}.", where, Remedy(present, changes))
                : new Problem("FLY1263", $"The version of {next.Source} goes back from {present.Version} to {next.Version}.", where, Remedy(present, changes));
        }

        var step = StepOf(changes);
        return to < from.After(step)
            ? new Problem("FLY1261", $"{Count(changes, step)} in {next.Source} and {next.Version} is too small a step from {present.Version}.", where, Remedy(present, changes))
            : null;
    }

    private static string Count(IReadOnlyList<ContractChange> changes, VersionStep step)
    {
        var first = changes.First(c => c.Step == step);
        var what = step == VersionStep.Major ? "A breaking change" : "A change";
        return $"{what} ({(first.Field is null ? "" : first.Field + ": ")}{first.Change})";
    }

    private static string Remedy(ContractPlan present, IReadOnlyList<ContractChange> changes) =>
        Suggest(present.Version, changes) is { } right ? $"Call it {right}." : "Give it a version of its own, as numbers such as 1.2.0.";
}
