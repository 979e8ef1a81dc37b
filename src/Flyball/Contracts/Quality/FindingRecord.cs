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
        ["findings"] = FindingJson.Write(Findings),
    };

    internal static byte[] Encode(string caller, string version, long rows, IReadOnlyList<Finding> findings) => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["caller"] = caller,
        ["version"] = version,
        ["rows"] = rows,
        ["findings"] = FindingJson.Write(findings),
    });

    internal static FindingRecord Decode(in JournalRecord record)
    {
        var json = JsonNode.Parse(record.Payload.Span)!.AsObject();
        return new FindingRecord(
            record.Seq, record.KnownAt, (string)json["caller"]!, (string)json["version"]!, (long)json["rows"]!, FindingJson.Read(json["findings"]));
    }
}
