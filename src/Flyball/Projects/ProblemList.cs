using System.Collections;
using Flyball.Engine.Problems;

namespace Flyball.Projects;

/// <summary>Collects every problem of a validation, so that a user mends a file once. Not thread-safe.</summary>
public sealed class ProblemList : IReadOnlyList<Problem>
{
    private readonly List<Problem> problems = [];

    public int Count => problems.Count;

    public Problem this[int index] => problems[index];

    public void Add(Problem problem) => problems.Add(problem);

    public void Add(string code, string message, ProblemLocation? where = null, string? remedy = null) =>
        problems.Add(new Problem(code, message, where, remedy));

    public void Add(IEnumerable<Problem> found) => problems.AddRange(found);

    public IEnumerator<Problem> GetEnumerator() => problems.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
