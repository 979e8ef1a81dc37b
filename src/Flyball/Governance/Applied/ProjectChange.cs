using System.Text.Json.Nodes;
using Flyball.Contracts.Versions;

namespace Flyball.Governance.Applied;

/// <summary>One definition that is added, changed or removed.</summary>
/// <param name="Kind"><c>project</c>, <c>contract</c>, <c>features</c> or <c>model</c>.</param>
/// <param name="Name">Of the source, view, model or project.</param>
/// <param name="Change"><c>added</c>, <c>changed</c> or <c>removed</c>.</param>
/// <param name="Models">Models it touches, in order.</param>
public sealed record ProjectChange(string Kind, string Name, string Change, IReadOnlyList<string> Models)
{
    /// <summary>Of a contract: the version in force.</summary>
    public string? From { get; init; }

    /// <summary>Of a contract: the version in the folder.</summary>
    public string? To { get; init; }

    /// <summary>Of a contract: what changed in it, and whom each change breaks.</summary>
    public IReadOnlyList<(ContractChange Change, ChangeImpact Impact)> Details { get; init; } = [];

    /// <summary>Of a view: its features that differ.</summary>
    public IReadOnlyList<FeatureEdit> Features { get; init; } = [];

    /// <summary>A contract's column or rule changed so that rows or readers break.</summary>
    public bool IsBreaking => Details.Any(d => d.Change.IsBreaking);

    public JsonObject ToJson()
    {
        var json = new JsonObject { ["kind"] = Kind, ["name"] = Name, ["change"] = Change };
        if (Kind == "contract")
        {
            json["from"] = From;
            json["to"] = To;
            json["breaking"] = IsBreaking;
            json["changes"] = new JsonArray([.. Details.Select(d => (JsonNode)ToJson(d.Change, d.Impact))]);
        }

        if (Kind == "features")
        {
            json["features"] = new JsonArray([.. Features.Select(f => (JsonNode)f.ToJson())]);
        }

        json["models"] = Names(Models);
        return json;
    }

    /// <summary>A change of a contract with those it breaks.</summary>
    public static JsonObject ToJson(ContractChange change, ChangeImpact impact)
    {
        var json = change.ToJson();
        json["features"] = Names(impact.Features);
        json["models"] = Names(impact.Models);
        return json;
    }

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(n => (JsonNode)n)]);
}
