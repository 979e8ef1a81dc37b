using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Features.Reads;

namespace Flyball.Serving.Logged;

/// <summary>Logged predictions as JSON. The request stands in it as the log has it: a personal column as its token, or not at all. Thread-safe.</summary>
public sealed class LoggedJson(IBundleSource bundles)
{
    /// <summary>Of each version that was asked about: as many as there are versions.</summary>
    private readonly ConcurrentDictionary<Digest, IReadOnlyList<string>?> names = [];

    /// <summary>What a list says of a prediction.</summary>
    public static JsonObject Brief(LoggedPrediction logged)
    {
        ArgumentNullException.ThrowIfNull(logged);
        var record = logged.Record;
        var shown = new JsonObject
        {
            ["request_id"] = record.RequestId,
            ["position"] = logged.Seq,
            ["instant"] = record.Instant.ToString(),
            ["logged_at"] = logged.LoggedAt.ToString(),
            ["version"] = record.Version,
            ["route"] = RouteNames.Of(record.Route),
            ["score"] = record.Score,
            ["decision"] = record.Decision,
            ["rung"] = RungNames.Of(record),
            ["latency_micros"] = record.LatencyMicros,
        };
        if (RungNames.Of(record.Arm) is { } arm)
        {
            shown["arm"] = arm;
        }

        return shown;
    }

    /// <summary>The whole of it.</summary>
    public JsonObject Whole(LoggedPrediction logged)
    {
        ArgumentNullException.ThrowIfNull(logged);
        var record = logged.Record;
        return new JsonObject
        {
            ["request_id"] = record.RequestId,
            ["model"] = record.Model,
            ["version"] = record.Version,
            ["digest"] = record.Digest.Hex,
            ["chosen_version"] = record.ChosenVersion,
            ["by_version"] = record.IsByName,
            ["route"] = RouteNames.Of(record.Route),
            ["rollout"] = record.RolloutId,
            ["arm"] = RungNames.Of(record.Arm),
            ["share"] = record.Share,
            ["rung"] = RungNames.Of(record.Rung),
            ["features_from"] = RungNames.Of(record.Origin) ?? "live",
            ["caller"] = record.Caller,
            ["instant"] = record.Instant.ToString(),
            ["horizon"] = record.Horizon.Seq,
            ["logged_at"] = logged.LoggedAt.ToString(),
            ["position"] = logged.Seq,
            ["latency_micros"] = record.LatencyMicros,
            ["request"] = JsonNode.Parse(record.Request.Span),
            ["features"] = Features(record),
            ["raw"] = record.Raw,
            ["score"] = record.Score,
            ["probabilities"] = record.Probabilities.Count == 0 ? null : new JsonArray([.. record.Probabilities.Select(p => (JsonNode)p)]),
            ["decision"] = record.Decision,
        };
    }

    private JsonArray Features(PredictionRecord record)
    {
        var named = names.GetOrAdd(record.Digest, NamesOf);
        var features = new JsonArray();
        for (var i = 0; i < record.Features.Length; i++)
        {
            features.Add((JsonNode)new JsonObject
            {
                ["name"] = named is not null && i < named.Count ? named[i] : null,
                ["value"] = ValueJson.Of(record.Features[i]),
                ["status"] = i < record.Statuses.Count ? FeatureStatusNames.Of(record.Statuses[i]).ToString() : null,
            });
        }

        return features;
    }

    /// <summary>Null when the bundle cannot be read: what was logged is shown all the same.</summary>
    private string[]? NamesOf(Digest version)
    {
        try
        {
            return [.. bundles.Read(version).Manifest.Features.Select(f => f.Name)];
        }
        catch (FlyballException)
        {
            return null;
        }
    }
}
