using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;

namespace Flyball.Registry.Ledger;

/// <summary>A row of <c>registry_ledger</c>. Settable members, because databases differ in the width of their integers.</summary>
internal sealed class LedgerRow
{
    public const string Columns =
        "seq AS Seq, at_micros AS AtMicros, model_id AS ModelId, model AS Model, kind AS Kind, name AS Name, version AS Version, digest AS Digest, "
        + "old_value AS OldValue, new_value AS NewValue, actor AS Actor, auth_method AS AuthMethod, reason AS Reason, hash AS Hash";

    public long Seq { get; set; }

    public long AtMicros { get; set; }

    public long ModelId { get; set; }

    public string Model { get; set; } = "";

    public string Kind { get; set; } = "";

    public string? Name { get; set; }

    public int? Version { get; set; }

    public string? Digest { get; set; }

    public string? OldValue { get; set; }

    public string? NewValue { get; set; }

    public string Actor { get; set; } = "";

    public string AuthMethod { get; set; } = "";

    public string? Reason { get; set; }

    public string Hash { get; set; } = "";

    public LedgerEntry ToEntry() => new(
        Seq, new EventTime(AtMicros).ToString(), Model, Kind, Name, Version, Digest, OldValue, NewValue, Actor, AuthMethod, Reason, Hash);

    /// <summary>What the entry's hash has to be after one with the given hash.</summary>
    public string HashAfter(string before) => CanonicalJson.Digest(new JsonObject
    {
        ["before"] = before,
        ["seq"] = Seq,
        ["at_micros"] = AtMicros,
        ["model_id"] = ModelId,
        ["model"] = Model,
        ["kind"] = Kind,
        ["name"] = Name,
        ["version"] = Version,
        ["digest"] = Digest,
        ["old"] = OldValue,
        ["new"] = NewValue,
        ["actor"] = Actor,
        ["auth_method"] = AuthMethod,
        ["reason"] = Reason,
    }).Hex;
}
