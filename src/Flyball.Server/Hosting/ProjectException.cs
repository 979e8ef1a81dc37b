using Flyball.Engine.Problems;

namespace Flyball.Server.Hosting;

/// <summary>A project folder with problems: carries all of them.</summary>
public sealed class ProjectException(IReadOnlyList<Problem> problems) : FlyballException(problems[0])
{
    public IReadOnlyList<Problem> Problems { get; } = problems;
}
