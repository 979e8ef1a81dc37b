using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Engine.Time;
using Flyball.Storage.Journals;

namespace Flyball.Contracts.Quality;

/// <summary>What the log keeps of a batch that broke rules.</summary>
/// <param name="Seq">Its place in the log.</param>
/// <param name="At">When it was written.</param>
/// <param name="Caller">Who sent the batch.</param>
/// <param name="Version">Of the contract that judged it.</param>
/// <param name="Rows">Rows the batch had.</param>
/// <param name="Findings">At least one.</param>
public sealed record FindingRecord(long Seq, KnownAt At, string Caller, string Version, long Rows, IReadOnlyList<Finding> Findings)
{
    /// <summary>As the API answers it.</summary>
    public JsonObject ToJson() => new()
    {
        ["seq"] = Seq,
        ["at"] = At.ToString(),
        ["caller"] = Caller,
        ["version"] = Version,
        ["rows"] = Rows,
        ["findings"] = new JsonArray([.. Findings.Select(f => (JsonNode)ToJson(f))]),
    };

    internal static byte[] Encode(string caller, string version, long rows, IReadOnlyList<Finding> findings) => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["caller"] = caller,
        ["version"] = version,
        ["rows"] = rows,
        ["findings"] = new JsonArray([.. findings.Select(f => (JsonNode)ToJson(f))]),
    });

    internal static FindingRecord Decode(in JournalRecord record)
    {
        var json = JsonNode.Parse(record.Payload.Span)!.AsObject();
        return new FindingRecord(
            record.Seq, record.KnownAt, (string)json["caller"]!, (string)json["version"]!, (long)json["rows"]!, [.. json["findings"]!.AsArray().Select(f => FromJson(f!.AsObject()))]);
    }

    private static JsonObject ToJson(Finding finding) => new()
    {
        ["rule"] = finding.Rule,
        ["field"] = finding.Field,
        ["outcome"] = finding.Outcome.ToString().ToLowerInvariant(),
        ["severity"] = finding.Severity,
        ["message"] = finding.Message,
        ["seen"] = finding.Seen,
        ["bound"] = finding.Bound,
    };

    private static Finding FromJson(JsonObject json) => new(
        (string)json["rule"]!,
        (string?)json["field"],
        QualityItem.ParseOutcome((string)json["outcome"]!) ?? RuleOutcome.Record,
        (string)json["severity"]!,
        (string)json["message"]!,
        (double?)json["seen"],
        (double?)json["bound"]);
}
