using System.Collections;
using Flyball.Engine.Problems;

namespace Flyball.Projects;

/// <summary>
/// Collects every problem of a validation, so that a user mends a file once; the same problem found twice is one. What
/// loads and yet deserves a word stands apart in <see cref="Notices"/> and refuses nothing. Not thread-safe.
/// </summary>
public sealed class ProblemList : IReadOnlyList<Problem>
{
    private readonly List<Problem> problems = [];
    private readonly HashSet<Problem> seen = [];
    private readonly List<Problem> notices = [];

    public int Count => problems.Count;

    /// <summary>What loads and is not enforced, or is enforced in a way that the writer may not expect.</summary>
    public IReadOnlyList<Problem> Notices => notices;

    public Problem this[int index] => problems[index];

    public void Add(Problem problem)
    {
        if (seen.Add(problem))
        {
            problems.Add(problem);
        }
    }

    public void Add(string code, string message, ProblemLocation? where = null, string? remedy = null) =>
        Add(new Problem(code, message, where, remedy));

    public void Add(IEnumerable<Problem> found)
    {
        foreach (var problem in found)
        {
            Add(problem);
        }
    }

    /// <summary>Adds a notice: it is told, and refuses nothing.</summary>
    public void AddNotice(string code, string message, ProblemLocation? where = null, string? remedy = null)
    {
        var notice = new Problem(code, message, where, remedy);
        if (seen.Add(notice))
        {
            notices.Add(notice);
        }
    }

    public IEnumerator<Problem> GetEnumerator() => problems.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
