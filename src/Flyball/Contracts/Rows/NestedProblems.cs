using Flyball.Engine.Problems;

namespace Flyball.Contracts.Rows;

/// <summary>Says what is wrong inside a nested value, each with the path of the value it is about.</summary>
/// <param name="problems">Gets the problems.</param>
/// <param name="hidesNames">The contract holds personal fields: a name that is not the contract's may be a person, and is not shown.</param>
internal sealed class NestedProblems(RowProblems problems, bool hidesNames)
{
    private const int LongestShownName = 64;

    /// <summary>Problems are made once with the path of the field, which has no positions; the value's own path takes its place.</summary>
    public void Add(FieldPlan field, Problem problem, string path)
    {
        if (!problems.TryCountOnly())
        {
            problems.Add(string.Equals(field.Path, path, StringComparison.Ordinal)
                ? problem
                : problem with { Message = problem.Message.Replace($"'{field.Path}'", $"'{path}'", StringComparison.Ordinal), Where = At(path) });
        }
    }

    /// <summary>A member that must be there beside those that say so themselves.</summary>
    public void AddMissing(string path) => problems.Add(new Problem("FLY3101", $"'{path}' is required and absent.", At(path)));

    public void AddOverflow(string path) => problems.Add(new Problem("FLY3104", $"A number in '{path}' is beyond what can be held exactly.", At(path)));

    public void AddUnknown(string name, string path)
    {
        if (!problems.TryCountOnly())
        {
            problems.Add(new Problem("FLY3105", $"{Shown(name)} is not a member of '{path}' in the contract.", At(path), "Remove it, or add it to the contract."));
        }
    }

    public void AddTwice(string name, string path)
    {
        if (!problems.TryCountOnly())
        {
            problems.Add(new Problem("FLY3106", $"{Shown(name)} appears twice in '{path}'.", At(path)));
        }
    }

    public void AddTooDeep(FieldPlan? field, string path) =>
        problems.Add(field?.Nested?.TooDeep ?? new Problem("FLY3107", $"'{path}' is nested deeper than {NestedPlan.Deepest}.", At(path)));

    /// <param name="what">A text, or a name.</param>
    /// <param name="path">Where it stands.</param>
    public void AddNul(string what, string path) => problems.Add(new Problem("FLY3110", $"{what} in '{path}' holds a NUL.", At(path)));

    private static ProblemLocation At(string path) => new(Field: path);

    private string Shown(string name) =>
        hidesNames ? "A name (not shown: the contract holds personal fields)" : name.Length > LongestShownName ? $"'{name[..LongestShownName]}...'" : $"'{name}'";
}
