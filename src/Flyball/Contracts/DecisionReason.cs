using Flyball.Engine.Problems;

namespace Flyball.Contracts;

/// <summary>Why a person decided: it goes into the log and into the audit log, so it is there and it is short.</summary>
internal static class DecisionReason
{
    private const int Longest = 1_000;

    /// <exception cref="FlyballException">FLY3002: it is blank or too long.</exception>
    public static string Check(string reason) =>
        string.IsNullOrWhiteSpace(reason) || reason.Length > Longest
            ? throw new FlyballException(new Problem("FLY3002", $"'reason' should have 1 to {Longest} characters.", new ProblemLocation(Field: "reason"), "Say why, without values of rows: it goes into the audit log."))
            : reason.Trim();
}
