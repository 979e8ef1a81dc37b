using Flyball.Engine.Problems;

namespace Flyball.Problems;

/// <summary>How much of a list a caller asks for; every route that lists checks it so.</summary>
public static class ListPage
{
    /// <summary>The most of any list in one answer.</summary>
    public const int Most = 1_000;

    /// <summary>Null when it can be answered; else FLY3002.</summary>
    /// <param name="limit">How many.</param>
    /// <param name="after">A position to go on after.</param>
    /// <param name="least">1, or 0 where the answer says more than the list.</param>
    public static Problem? Check(int limit, long after = 0, int least = 1) =>
        after < 0 ? new Problem("FLY3002", "'after' should be 0 or more.", new ProblemLocation(Field: "after"))
        : limit < least || limit > Most ? new Problem("FLY3002", $"'limit' should be between {least} and {Most}.", new ProblemLocation(Field: "limit"))
        : null;

    /// <summary>The limit to answer with.</summary>
    /// <param name="limit">As asked; null for the usual one.</param>
    /// <param name="usual">The usual one.</param>
    /// <exception cref="FlyballException">FLY3002: it is out of bounds.</exception>
    public static int Limit(int? limit, int usual)
    {
        var asked = limit ?? usual;
        return Check(asked) is { } problem ? throw new FlyballException(problem) : asked;
    }
}
