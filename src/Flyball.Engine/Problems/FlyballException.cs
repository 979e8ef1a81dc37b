namespace Flyball.Engine.Problems;

/// <summary>A broken environment or a refused operation that carries the problem to show. Bugs throw other exceptions.</summary>
public class FlyballException : Exception
{
    public FlyballException(Problem problem, Exception? inner = null)
        : base(problem.ToString(), inner) => Problem = problem;

    /// <summary>What to show the caller.</summary>
    public Problem Problem { get; }
}
