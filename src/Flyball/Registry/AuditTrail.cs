using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Storage.Audit;

namespace Flyball.Registry;

/// <summary>
/// Writes who did what to which object. The entry is durable before the change is made: a crash can leave an entry whose change never
/// happened, and never a change without an entry.
/// </summary>
public sealed class AuditTrail(AuditLog log)
{
    /// <param name="action">Such as <c>version.approve</c>.</param>
    /// <param name="objectType">Such as <c>version</c> or <c>rollout</c>.</param>
    public async Task AllowAsync(
        Caller caller, string action, string objectType, string objectId, string? objectVersion, Digest? before, Digest? after, string? reason, JsonObject? details, CancellationToken cancellation) =>
        await log.AppendAsync(
            new AuditEntry(caller.Name, caller.AuthMethod, action, objectType, objectId)
            {
                ObjectVersion = objectVersion,
                Before = before,
                After = after,
                Decision = AuditDecision.Allow,
                Reason = reason,
                Details = details,
            },
            cancellation);

    /// <summary>The details of the last entry of an action; null when there is none. Cost: reads the log from its end.</summary>
    public JsonObject? LastDetails(string action)
    {
        const int AtOnce = 256;
        for (var end = log.Size; end > 0;)
        {
            var from = Math.Max(0, end - AtOnce);
            if (log.Read(from, (int)(end - from)).Reverse().Select(l => l.ToJson()).FirstOrDefault(l => (string?)l["action"] == action) is { } found)
            {
                return found["details"] as JsonObject;
            }

            end = from;
        }

        return null;
    }

    /// <summary>Writes a refusal, with the codes of all conditions that failed as its rule.</summary>
    public async Task DenyAsync(
        Caller caller, string action, string objectType, string objectId, string? objectVersion, Digest? before, Digest? after, string? reason, IReadOnlyList<Problem> problems, CancellationToken cancellation) =>
        await log.AppendAsync(
            new AuditEntry(caller.Name, caller.AuthMethod, action, objectType, objectId)
            {
                ObjectVersion = objectVersion,
                Before = before,
                After = after,
                Decision = AuditDecision.Deny,
                Rule = string.Join(' ', problems.Select(p => p.Code).Distinct(StringComparer.Ordinal)),
                Reason = reason,
                Details = new JsonObject { ["failed"] = new JsonArray([.. problems.Select(p => (JsonNode)p.Message)]) },
            },
            cancellation);
}
