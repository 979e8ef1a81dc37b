using System.Text.Json.Nodes;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Quarantine;

/// <summary>Reasons as they stand in answers.</summary>
internal static class ReasonJson
{
    public static JsonObject Row(long seq, IReadOnlyList<Problem> problems) => new() { ["seq"] = seq, ["errors"] = Errors(problems) };

    public static JsonArray Errors(IReadOnlyList<Problem> problems) => new([.. problems.Select(p =>
    {
        var error = new JsonObject { ["code"] = p.Code, ["message"] = p.Message };
        if (p.Where?.Field is { } field)
        {
            error["field"] = field;
        }

        if (p.Remedy is { } remedy)
        {
            error["remedy"] = remedy;
        }

        return (JsonNode)error;
    })]);
}
