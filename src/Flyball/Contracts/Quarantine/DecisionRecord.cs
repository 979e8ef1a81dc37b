using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Time;
using Flyball.Storage.Journals;

namespace Flyball.Contracts.Quarantine;

/// <summary>
/// A person's decision, as the log keeps it: in one frame with the rows it releases, and behind them, so that their positions are known from
/// its own. It is about rows in quarantine, or about a part of a held batch.
/// </summary>
/// <param name="IsRelease">Release, or discard.</param>
/// <param name="Caller">Who decided.</param>
/// <param name="Reason">Why.</param>
/// <param name="Version">Version of the contract that judged.</param>
internal sealed record DecisionRecord(bool IsRelease, string Caller, string Reason, string Version)
{
    /// <summary>Rows in quarantine: position, outcome, and how far before this record the released row stands (0 for none).</summary>
    public IReadOnlyList<(long Seq, RowOutcome Outcome, int Back)> Rows { get; init; } = [];

    /// <summary>Positions of the rows that were released as an edited copy.</summary>
    public IReadOnlyList<long> Edited { get; init; } = [];

    /// <summary>The held batch; null for rows in quarantine.</summary>
    public string? Batch { get; init; }

    /// <summary>Position of the header of the batch's part.</summary>
    public long Part { get; init; }

    /// <summary>Rows of the part that went in.</summary>
    public int Released { get; init; }

    /// <summary>Rows of the part that do not meet the contract any more, and went into quarantine.</summary>
    public int Quarantined { get; init; }

    /// <summary>Its place in the log; 0 before it is there.</summary>
    public long Seq { get; init; }

    /// <summary>When it was decided.</summary>
    public KnownAt At { get; init; }

    public static DecisionRecord By(Caller caller, bool isRelease, string reason, ContractPlan plan) => new(isRelease, caller.Name, reason, plan.Version);

    public byte[] Encode()
    {
        var payload = new JsonObject
        {
            ["decision"] = IsRelease ? "release" : "discard",
            ["caller"] = Caller,
            ["reason"] = Reason,
            ["version"] = Version,
        };
        if (Batch is null)
        {
            payload["rows"] = new JsonArray([.. Rows.Select(r => (JsonNode)new JsonArray(r.Seq, (int)r.Outcome, r.Back))]);
            payload["edited"] = new JsonArray([.. Edited.Select(s => (JsonNode)s)]);
        }
        else
        {
            payload["batch"] = Batch;
            payload["part"] = Part;
            payload["released"] = Released;
            payload["quarantined"] = Quarantined;
        }

        return JsonSerializer.SerializeToUtf8Bytes(payload);
    }

    public static DecisionRecord Decode(in JournalRecord record)
    {
        var payload = JsonNode.Parse(record.Payload.Span)!.AsObject();
        return new DecisionRecord((string)payload["decision"]! == "release", (string)payload["caller"]!, (string)payload["reason"]!, (string)payload["version"]!)
        {
            Rows = [.. (payload["rows"] as JsonArray ?? []).Select(r => ((long)r![0]!, (RowOutcome)(int)r[1]!, (int)r[2]!))],
            Edited = [.. (payload["edited"] as JsonArray ?? []).Select(s => (long)s!)],
            Batch = (string?)payload["batch"],
            Part = (long?)payload["part"] ?? 0,
            Released = (int?)payload["released"] ?? 0,
            Quarantined = (int?)payload["quarantined"] ?? 0,
            Seq = record.Seq,
            At = record.KnownAt,
        };
    }

    /// <summary>What it says about one of its rows.</summary>
    public RowDecision Of((long Seq, RowOutcome Outcome, int Back) row) => new(Seq, row.Outcome, row.Back > 0 ? Seq - row.Back : null);

    /// <summary>Who, when and why, for an answer.</summary>
    public JsonObject ToJson() => new()
    {
        ["decision"] = IsRelease ? "release" : "discard",
        ["by"] = Caller,
        ["at"] = At.ToString(),
        ["reason"] = Reason,
        ["version"] = Version,
        ["seq"] = Seq,
    };
}
