using System.Text.Json.Nodes;

namespace Flyball.Contracts.Quarantine;

/// <summary>One row that was decided about.</summary>
/// <param name="Seq">Its position in quarantine.</param>
/// <param name="Outcome">What was decided.</param>
/// <param name="ReleasedAs">Its position among the source's rows, when it went in.</param>
public sealed record DecidedRow(long Seq, RowOutcome Outcome, long? ReleasedAs)
{
    internal JsonObject ToJson()
    {
        var json = new JsonObject { ["seq"] = Seq, ["outcome"] = Outcome.ToString().ToLowerInvariant() };
        if (ReleasedAs is not null)
        {
            json["released_as"] = ReleasedAs;
        }

        return json;
    }
}
