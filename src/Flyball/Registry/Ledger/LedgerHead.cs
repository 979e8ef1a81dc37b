using System.Text.Json.Nodes;

namespace Flyball.Registry.Ledger;

/// <summary>
/// How far the ledger goes and what its last hash is. Each change leaves it in the audit log, which is signed and kept apart from the catalog: whoever
/// rewrites the ledger and seals it again, or cuts its end off, does not get it right.
/// </summary>
/// <param name="Entries">The number of the last entry.</param>
/// <param name="Hash">Of that entry.</param>
public sealed record LedgerHead(long Entries, string Hash)
{
    /// <summary>The action of the audit entry.</summary>
    public const string Action = "registry.ledger";

    internal JsonObject ToJson() => new() { ["entries"] = Entries, ["head"] = Hash };

    /// <summary>Reads what <see cref="ToJson"/> wrote; null when it is something else.</summary>
    internal static LedgerHead? Read(JsonNode? details) =>
        details is JsonObject found && found["entries"] is JsonValue entries && entries.TryGetValue<long>(out var count) && found["head"] is JsonValue head && head.TryGetValue<string>(out var hash)
            ? new LedgerHead(count, hash)
            : null;
}
