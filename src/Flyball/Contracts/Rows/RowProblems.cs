using Flyball.Engine.Problems;

namespace Flyball.Contracts.Rows;

/// <summary>The problems of one row, collected into a list that is used again for the next row. Not thread-safe.</summary>
public sealed class RowProblems
{
    /// <summary>More than these say nothing more: a row of a million wrong names is one mistake.</summary>
    public const int Most = 16;

    private readonly List<Problem> problems = [];

    public int Count { get; private set; }

    public void Clear()
    {
        problems.Clear();
        Count = 0;
    }

    public void Add(Problem problem)
    {
        if (Count++ < Most)
        {
            problems.Add(problem);
        }
    }

    /// <summary>Counts one more problem when there are too many to be told, so that nobody makes a text of it; else false, and it is to be added.</summary>
    public bool TryCountOnly()
    {
        Count += Count < Most ? 0 : 1;
        return Count > Most;
    }

    /// <summary>The first <see cref="Most"/> problems and, when there were more, one that says how many.</summary>
    public IReadOnlyList<Problem> ToList() =>
        Count <= Most ? [.. problems] : [.. problems, new Problem("FLY3109", $"The row has {Count - Most} more problems.")];
}
