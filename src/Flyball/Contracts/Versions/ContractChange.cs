using System.Text.Json.Nodes;

namespace Flyball.Contracts.Versions;

/// <summary>One difference between two contracts of one source.</summary>
/// <param name="Field">The column, or null for a change of the whole source.</param>
/// <param name="Change">What happened in a word or two, such as <c>range narrowed</c>; docs/reference/contracts.md lists them.</param>
/// <param name="Step">What it does to the version.</param>
/// <param name="Reason">Why, in one sentence.</param>
public sealed record ContractChange(string? Field, string Change, VersionStep Step, string Reason)
{
    /// <summary>Needs a major step.</summary>
    public bool IsBreaking => Step == VersionStep.Major;

    /// <summary><c>compatible</c> or <c>breaking</c>.</summary>
    public string Kind => IsBreaking ? "breaking" : "compatible";

    /// <summary>As it is shown, before it is known whom it breaks.</summary>
    public JsonObject ToJson() => new()
    {
        ["field"] = Field,
        ["change"] = Change,
        ["kind"] = Kind,
        ["step"] = Step.ToString().ToLowerInvariant(),
        ["reason"] = Reason,
    };
}
