using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Contracts.Quality;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;

namespace Flyball.Contracts;

/// <summary>What became of a request's rows: <c>received = accepted + quarantined + duplicates + held</c>. In the written form the held ones are among the quarantined.</summary>
/// <param name="Received">Rows sent.</param>
/// <param name="Accepted">Rows stored, durable now.</param>
/// <param name="Quarantined">Rows put aside, durable now.</param>
/// <param name="Duplicates">Rows that were stored before, by the same key and content.</param>
/// <param name="Reasons">Of the first <see cref="MostReasons"/> quarantined rows.</param>
/// <param name="Horizon">A position in the log at which all of them can be seen.</param>
/// <param name="Replayed">True when this is the first answer again, for a repeated idempotency key.</param>
public sealed record IngestReport(int Received, int Accepted, int Quarantined, int Duplicates, IReadOnlyList<RowReason> Reasons, Horizon Horizon, bool Replayed = false)
{
    public const int MostReasons = 100;

    /// <summary>Rows that wait for a decision, durable now; none is accepted then.</summary>
    public int Held { get; init; }

    /// <summary>How many of the accepted rows correct one that was stored before.</summary>
    public int Corrections { get; init; }

    /// <summary>Name of the held batch, also where duplicates are rows that wait in it since they were sent before; null when none waits.</summary>
    public string? Batch { get; init; }

    /// <summary>What the rules said of the batch.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>The answer's members, without the horizon: that is known only after the append.</summary>
    public JsonObject ToJson()
    {
        var reasons = new JsonArray();
        foreach (var reason in Reasons)
        {
            var errors = new JsonArray();
            foreach (var problem in reason.Problems)
            {
                var error = new JsonObject { ["code"] = problem.Code, ["message"] = problem.Message };
                Add(error, "field", problem.Where?.Field);
                Add(error, "remedy", problem.Remedy);
                errors.Add((JsonNode)error);
            }

            reasons.Add((JsonNode)new JsonObject { ["row"] = reason.Row, ["errors"] = errors });
        }

        var json = new JsonObject
        {
            ["received"] = Received,
            ["accepted"] = Accepted,
            ["quarantined"] = Quarantined + Held, // a held row is put aside too: the three parts make up the whole, always
            ["duplicates"] = Duplicates,
            ["reasons"] = reasons,
        };
        if (Corrections > 0)
        {
            json["corrections"] = Corrections;
        }

        if (Held > 0)
        {
            json["held"] = Held;
        }

        Add(json, "batch", Batch);

        if (Findings.Count > 0)
        {
            json["findings"] = FindingJson.Write(Findings);
        }

        return json;
    }

    internal byte[] ToAnswer() => JsonSerializer.SerializeToUtf8Bytes(ToJson());

    internal static IngestReport FromAnswer(ReadOnlySpan<byte> answer, Horizon horizon)
    {
        var json = JsonNode.Parse(answer)!;
        var reasons = json["reasons"]!.AsArray().Select(r => new RowReason(
            (int)r!["row"]!,
            [.. r["errors"]!.AsArray().Select(e => new Problem(
                (string)e!["code"]!, (string)e["message"]!, (string?)e["field"] is { } field ? new ProblemLocation(Field: field) : null, (string?)e["remedy"]))]));
        return new IngestReport((int)json["received"]!, (int)json["accepted"]!, (int)json["quarantined"]! - ((int?)json["held"] ?? 0), (int)json["duplicates"]!, [.. reasons], horizon, Replayed: true)
        {
            Held = (int?)json["held"] ?? 0,
            Corrections = (int?)json["corrections"] ?? 0,
            Batch = (string?)json["batch"],
            Findings = FindingJson.Read(json["findings"]),
        };
    }

    private static void Add(JsonObject target, string name, string? value)
    {
        if (value is not null)
        {
            target[name] = value;
        }
    }
}
