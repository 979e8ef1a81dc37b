using System.Text.Json.Nodes;

namespace Flyball.Registry.Attestations;

/// <summary>Something signed that an installation says of a version.</summary>
/// <param name="Kind">One of <see cref="AttestationKinds"/>.</param>
/// <param name="KeyId">SHA-256 of the public key's PEM text.</param>
/// <param name="CreatedAt">RFC 3339.</param>
/// <param name="Content">The signed document.</param>
public sealed record Attestation(string Kind, string KeyId, string CreatedAt, JsonObject Content);
