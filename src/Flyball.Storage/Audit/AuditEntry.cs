using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;

namespace Flyball.Storage.Audit;

/// <summary>One governed action, allowed or denied. Carries no personal value: digests and ids only.</summary>
/// <param name="Actor">Who, by id.</param>
/// <param name="AuthMethod">How that was established, such as <c>local</c> or <c>api-key</c>.</param>
/// <param name="Action">What was asked for, such as <c>model.promote</c>.</param>
/// <param name="ObjectType">Kind of thing it was about.</param>
/// <param name="ObjectId">Which one.</param>
public sealed record AuditEntry(string Actor, string AuthMethod, string Action, string ObjectType, string ObjectId)
{
    /// <summary>Its version.</summary>
    public string? ObjectVersion { get; init; }

    /// <summary>Digest of the state before.</summary>
    public Digest? Before { get; init; }

    /// <summary>Digest of the state after.</summary>
    public Digest? After { get; init; }

    /// <summary>The request that led to it.</summary>
    public string? RequestId { get; init; }

    public AuditDecision Decision { get; init; }

    /// <summary>The rule that decided.</summary>
    public string? Rule { get; init; }

    /// <summary>The person's reason.</summary>
    public string? Reason { get; init; }

    /// <summary>What the action itself adds.</summary>
    public JsonObject? Details { get; init; }

    /// <summary>The canonical JSON line with what the log adds.</summary>
    internal byte[] ToLine(long index, DateTimeOffset at)
    {
        var line = new JsonObject
        {
            ["index"] = index,
            ["time"] = EventTime.From(at).ToString(),
            ["actor"] = Actor,
            ["auth_method"] = AuthMethod,
            ["action"] = Action,
            ["object_type"] = ObjectType,
            ["object_id"] = ObjectId,
            ["decision"] = Decision.ToString().ToLower(CultureInfo.InvariantCulture),
        };
        Add("object_version", ObjectVersion);
        Add("before", Before?.Hex);
        Add("after", After?.Hex);
        Add("request_id", RequestId);
        Add("rule", Rule);
        Add("reason", Reason);
        if (Details is not null)
        {
            line["details"] = Details.DeepClone();
        }

        return CanonicalJson.Write(line);

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                line[name] = value;
            }
        }
    }
}
