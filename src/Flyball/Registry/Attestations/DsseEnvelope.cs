using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flyball.Registry.Attestations;

/// <summary>
/// A payload with signatures over what it is and what it says: DSSE v1 (secure-systems-lab/dsse, protocol.md). What is signed is
/// <c>DSSEv1 SP length SP type SP length SP payload</c>, lengths in decimal bytes.
/// </summary>
/// <param name="PayloadType">Such as <c>application/vnd.in-toto+json</c>.</param>
/// <param name="Payload">The bytes themselves: a verifier reads these, and nothing it has parsed before.</param>
/// <param name="Signatures">At least one.</param>
public sealed record DsseEnvelope(string PayloadType, ReadOnlyMemory<byte> Payload, IReadOnlyList<DsseSignature> Signatures)
{
    public const string InToto = "application/vnd.in-toto+json";

    /// <summary>Signs a payload with one key.</summary>
    public static DsseEnvelope Sign(string payloadType, byte[] payload, SigningKey key) =>
        new(payloadType, payload, [new DsseSignature(key.Id, key.Sign(Encode(payloadType, payload)))]);

    /// <summary>The bytes that are signed.</summary>
    public static byte[] Encode(string payloadType, ReadOnlySpan<byte> payload)
    {
        var type = Encoding.UTF8.GetBytes(payloadType);
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {type.Length} {payloadType} {payload.Length} "));
        return [.. head, .. payload];
    }

    /// <summary>Whether one of the signatures is of this key.</summary>
    /// <param name="publicPem">The key's public half.</param>
    public bool IsSignedBy(string publicPem)
    {
        var message = Encode(PayloadType, Payload.Span);
        return Signatures.Any(s => SigningKey.Verify(publicPem, message, s.Bytes.Span));
    }

    public JsonObject ToJson() => new()
    {
        ["payload"] = Convert.ToBase64String(Payload.Span),
        ["payloadType"] = PayloadType,
        ["signatures"] = new JsonArray([.. Signatures.Select(s => new JsonObject { ["keyid"] = s.KeyId, ["sig"] = Convert.ToBase64String(s.Bytes.Span) })]),
    };

    /// <summary>Reads an envelope; null when it is none. Both alphabets of base64 are taken, as the protocol asks.</summary>
    public static DsseEnvelope? TryParse(JsonNode? json)
    {
        try
        {
            return json is JsonObject found && (string?)found["payloadType"] is { Length: > 0 } type && TryBase64((string?)found["payload"]) is { } payload && found["signatures"] is JsonArray { Count: > 0 } list
                && list.Select(s => TryBase64((string?)s?["sig"]) is { } sig ? new DsseSignature((string?)s?["keyid"] ?? "", sig) : null).ToList() is var signatures
                && signatures.TrueForAll(s => s is not null)
                ? new DsseEnvelope(type, payload, [.. signatures.Select(s => s!)])
                : null;
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or JsonException)
        {
            return null;
        }
    }

    private static byte[]? TryBase64(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var plain = text.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        var padded = plain.PadRight((plain.Length + 3) / 4 * 4, '=');
        return Base64.IsValid(padded) ? Convert.FromBase64String(padded) : null;
    }
}
