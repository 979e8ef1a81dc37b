using System.Diagnostics;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Identity;

namespace Flyball.Registry;

/// <summary>What somebody wants to do to the registry, as the audit log and the ledger name it.</summary>
/// <param name="Action">Such as <c>alias.set</c>.</param>
/// <param name="ObjectType">Such as <c>version</c>.</param>
/// <param name="ObjectId">Such as <c>fraud/3</c>.</param>
internal sealed record RegistryAct(Caller Caller, string Action, string ObjectType, string ObjectId, string? Reason)
{
    public string? ObjectVersion { get; init; }

    public Digest? Before { get; init; }

    public Digest? After { get; init; }

    public JsonObject? Details { get; init; }

    /// <summary>The span that it is done in, as <c>traceparent</c> names it; null outside of any trace. Taken here, because a change may be written on another caller's thread.</summary>
    public string? Trace { get; init; } = Activity.Current?.Id;
}
