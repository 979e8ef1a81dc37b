using System.Text.Json.Nodes;
using Flyball.Engine.Problems;

namespace Flyball.Registry;

/// <summary>Which source tree a caller says it trains from. Kept with the run as claimed; nothing is decided by it, and it is not signed.</summary>
/// <param name="Commit">The commit, 40 or 64 hexadecimal digits.</param>
/// <param name="Branch">The branch, when there is one.</param>
/// <param name="Dirty">Whether the folder held changes that the commit does not.</param>
internal sealed record SourceState(string? Commit, string? Branch, bool Dirty)
{
    private const int LongestBranch = 250;

    /// <summary>As it is kept.</summary>
    /// <exception cref="FlyballException">FLY3361: it is not what it says.</exception>
    public JsonObject Checked() =>
        Commit is not { Length: 40 or 64 } commit || !commit.All(char.IsAsciiHexDigitLower) ? throw Refused("commit", "a commit is 40 or 64 hexadecimal digits")
        : Branch is { } branch && (branch.Length > LongestBranch || branch.Any(char.IsControl)) ? throw Refused("branch", "a branch is at most 250 characters, and none of them controls anything")
        : new JsonObject { ["commit"] = Commit, ["branch"] = Branch, ["dirty"] = Dirty };

    private static FlyballException Refused(string field, string rule) =>
        new(new Problem("FLY3361", $"The source tree was not understood: {rule}.", new ProblemLocation(Field: $"source.{field}"), "Leave source out, or say what version control says."));
}
