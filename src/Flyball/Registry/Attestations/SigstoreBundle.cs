using System.Text.Json.Nodes;

namespace Flyball.Registry.Attestations;

/// <summary>An envelope in the wrapping that sigstore's tools read (<c>application/vnd.dev.sigstore.bundle.v0.3+json</c>), for a key that they are given by hand.</summary>
internal static class SigstoreBundle
{
    private const string MediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";

    public static JsonObject Of(DsseEnvelope envelope, string keyHint) => new()
    {
        ["mediaType"] = MediaType,
        ["verificationMaterial"] = new JsonObject
        {
            ["publicKey"] = new JsonObject { ["hint"] = keyHint },
            ["tlogEntries"] = new JsonArray(),
        },
        ["dsseEnvelope"] = envelope.ToJson(),
    };

    /// <summary>The envelope in a wrapping; null when there is none.</summary>
    public static DsseEnvelope? EnvelopeOf(JsonNode? json) =>
        json is JsonObject found && found["mediaType"] is JsonValue type && type.TryGetValue<string>(out var named) && named == MediaType ? DsseEnvelope.TryParse(found["dsseEnvelope"]) : null;
}
