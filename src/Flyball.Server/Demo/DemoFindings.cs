using System.Text.Json.Nodes;

namespace Flyball.Server.Demo;

/// <summary>What the story found: every figure comes from an answer of the server.</summary>
internal sealed class DemoFindings
{
    public List<DemoStep> Steps { get; } = [];

    public JsonObject? Model { get; set; }

    public JsonObject Predictions { get; } = [];

    public JsonObject Drift { get; } = [];

    public JsonObject Retrain { get; } = [];

    public JsonObject Refused { get; } = [];

    public JsonObject Rollback { get; } = [];

    public JsonObject Audit { get; } = [];

    public bool Ok => Steps.Count > 0 && Steps.All(s => s.Ok);

    public JsonObject ToDocument() => new()
    {
        ["ok"] = Ok,
        ["steps"] = new JsonArray([.. Steps.Select(s => (JsonNode)new JsonObject { ["name"] = s.Name, ["ok"] = s.Ok, ["seconds"] = Math.Round(s.Seconds, 2), ["detail"] = s.Detail })]),
        ["model"] = Model?.DeepClone(),
        ["predictions"] = Predictions.DeepClone(),
        ["drift"] = Drift.DeepClone(),
        ["retrain"] = Retrain.DeepClone(),
        ["refused"] = Refused.DeepClone(),
        ["rollback"] = Rollback.DeepClone(),
        ["audit"] = Audit.DeepClone(),
    };
}
