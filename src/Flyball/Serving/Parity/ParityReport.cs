using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flyball.Serving.Parity;

/// <summary>Served feature vectors against the offline path.</summary>
public sealed record ParityReport
{
    /// <summary>Mismatches are listed up to this many; their number is always whole.</summary>
    public const int MostListed = 1000;

    public required string Model { get; init; }

    /// <summary>Predictions of the model in the window: what the sample was drawn from, and the two numbers below.</summary>
    public required long Served { get; init; }

    /// <summary>Predictions compared.</summary>
    public required long Compared { get; init; }

    /// <summary>Of those, how many agree in every bit of every feature.</summary>
    public required long Identical { get; init; }

    /// <summary>Predictions of versions whose features mean something else now: there is no offline path to compare them with.</summary>
    public required long OtherDefinitions { get; init; }

    /// <summary>Predictions that the declared rule answered: they read no feature.</summary>
    public required long WithoutFeatures { get; init; }

    /// <summary>Keys whose predictions were compared, all of each.</summary>
    public required long Keys { get; init; }

    /// <summary>Features apart, counted over all predictions.</summary>
    public required long MismatchCount { get; init; }

    /// <summary>In the order of the log, the first <see cref="MostListed"/>.</summary>
    public required IReadOnlyList<ParityMismatch> Mismatches { get; init; }

    /// <summary>By name.</summary>
    public required IReadOnlyList<FeatureConsistency> Features { get; init; }

    /// <summary>As the API answers it: a null value of a mismatch is written, because it is one.</summary>
    public JsonObject ToJson() => new()
    {
        ["model"] = Model,
        ["served"] = Served,
        ["compared"] = Compared,
        ["identical"] = Identical,
        ["other_definitions"] = OtherDefinitions,
        ["without_features"] = WithoutFeatures,
        ["keys"] = Keys,
        ["mismatch_count"] = MismatchCount,
        ["mismatches"] = new JsonArray([.. Mismatches.Select(m => (JsonNode)new JsonObject
        {
            ["request_id"] = m.RequestId,
            ["feature"] = m.Feature,
            ["online"] = m.Online?.DeepClone(),
            ["offline"] = m.Offline?.DeepClone(),
        })]),
        ["features"] = JsonSerializer.SerializeToNode(Features, ServingJson.Options),
    };
}
