using Flyball.Engine.Problems;

namespace Flyball.Problems;

/// <summary>Everything that is wrong with the body of a request.</summary>
public sealed class RequestBodyException(IReadOnlyList<Problem> problems) : FlyballException(problems[0])
{
    public IReadOnlyList<Problem> Problems { get; } = problems;
}
