using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Contracts.Quality;
using Flyball.Engine.Time;
using Flyball.Storage.Journals;

namespace Flyball.Contracts.Holds;

/// <summary>
/// The header of held rows that became durable together: the rows stand right behind it in the log. A request makes one part; a long file
/// makes several under one name.
/// </summary>
/// <param name="Batch">Name of the batch.</param>
/// <param name="Rows">How many rows are held.</param>
/// <param name="Caller">Who sent them.</param>
/// <param name="KnownAt">Where their known-at was to come from.</param>
/// <param name="Version">Version of the contract they passed.</param>
/// <param name="Findings">Why.</param>
internal sealed record HeldPart(string Batch, int Rows, string Caller, KnownAtPolicy KnownAt, string Version, IReadOnlyList<Finding> Findings)
{
    /// <summary>Rows sent with them, with those that were put aside or were there already.</summary>
    public int Received { get; init; }

    public int Quarantined { get; init; }

    public int Duplicates { get; init; }

    /// <summary>Its place in the log; 0 before it is there.</summary>
    public long Seq { get; init; }

    /// <summary>When it arrived.</summary>
    public KnownAt At { get; init; }

    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["batch"] = Batch,
        ["rows"] = Rows,
        ["caller"] = Caller,
        ["known_at"] = KnownAt.Word,
        ["version"] = Version,
        ["received"] = Received,
        ["quarantined"] = Quarantined,
        ["duplicates"] = Duplicates,
        ["findings"] = FindingJson.Write(Findings),
    });

    public static HeldPart Decode(in JournalRecord record)
    {
        var payload = JsonNode.Parse(record.Payload.Span)!.AsObject();
        return new HeldPart(
            (string)payload["batch"]!,
            (int)payload["rows"]!,
            (string)payload["caller"]!,
            KnownAtPolicy.Parse((string)payload["known_at"]!),
            (string)payload["version"]!,
            FindingJson.Read(payload["findings"]))
        {
            Received = (int)payload["received"]!,
            Quarantined = (int)payload["quarantined"]!,
            Duplicates = (int)payload["duplicates"]!,
            Seq = record.Seq,
            At = record.KnownAt,
        };
    }
}
