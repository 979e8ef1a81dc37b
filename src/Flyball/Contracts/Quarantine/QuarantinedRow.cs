using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Storage.Journals;

namespace Flyball.Contracts.Quarantine;

/// <summary>A row that was put aside, with its reasons and what was sent.</summary>
/// <param name="Seq">Its place in the log, which names it.</param>
/// <param name="At">When it arrived and was put aside.</param>
/// <param name="Row">Its position in the request, from 0.</param>
/// <param name="Caller">Who sent it.</param>
/// <param name="Version">Version of the contract that refused it.</param>
/// <param name="Problems">The first reasons.</param>
/// <param name="Original">What was sent, up to <see cref="LongestOriginal"/> bytes, with personal values replaced.</param>
public sealed record QuarantinedRow(long Seq, KnownAt At, int Row, string Caller, string Version, IReadOnlyList<Problem> Problems, string Original)
{
    /// <summary>The longest kept part of a row, in bytes; of a batch with many such rows the later ones are cut shorter.</summary>
    public const int LongestOriginal = 256 << 10;

    private const int MostReasons = 8;

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What <see cref="Original"/> is.</summary>
    public KeptForm Form { get; init; }

    /// <summary>All that was sent was kept: the row can be judged again as it is.</summary>
    public bool IsExact { get; init; } = true;

    /// <summary>Length of what was sent, in bytes.</summary>
    public int Bytes { get; init; }

    /// <summary>Where its known-at was to come from, and comes from when it is released.</summary>
    public KnownAtPolicy KnownAt { get; init; }

    /// <summary>What the column that <see cref="KnownAt"/> names held in this row; null without one, and where it held no time.</summary>
    public KnownAt? StatedKnownAt { get; init; }

    /// <summary>Names what was withheld, under the key of tokens; null when it was not withheld.</summary>
    public string? Digest { get; init; }

    /// <summary>Of a row of a delimited file: its texts by column, as a JSON object.</summary>
    internal string? Cells { get; init; }

    /// <summary>What was kept of it.</summary>
    internal KeptOriginal AsKept() => new(Form, Original, IsExact, Bytes, Cells, Digest);

    /// <summary>The record's payload.</summary>
    internal static byte[] Encode(RefusedRow row, string caller, string version, KnownAtPolicy knownAt)
    {
        var reasons = new JsonArray();
        foreach (var problem in row.Problems.Take(MostReasons))
        {
            var reason = new JsonObject { ["code"] = problem.Code, ["message"] = problem.Message };
            if (problem.Where?.Field is { } field)
            {
                reason["field"] = field;
            }

            reasons.Add((JsonNode)reason);
        }

        var original = row.Original;
        var payload = new JsonObject
        {
            ["row"] = row.Row,
            ["caller"] = caller,
            ["version"] = version,
            ["errors"] = reasons,
            ["original"] = original.Text,
            ["form"] = original.Form.ToString(),
            ["exact"] = original.IsExact,
            ["bytes"] = original.Bytes,
        };
        if (original.Cells is not null && original.Cells != original.Text)
        {
            payload["cells"] = original.Cells;
        }

        if (original.Digest is not null)
        {
            payload["digest"] = original.Digest;
        }

        if (knownAt != KnownAtPolicy.Assigned)
        {
            payload["known_at"] = knownAt.Word;
        }

        if (row.KnownAtMicros is { } stated)
        {
            payload["stated_known_at"] = stated;
        }

        return JsonSerializer.SerializeToUtf8Bytes(payload, Plain);
    }

    internal static QuarantinedRow Decode(in JournalRecord record)
    {
        var payload = JsonNode.Parse(record.Payload.Span)!.AsObject();
        var problems = payload["errors"]!.AsArray().Select(e => new Problem(
            (string)e!["code"]!,
            (string)e["message"]!,
            (string?)e["field"] is { } field ? new ProblemLocation(Field: field) : null));
        var original = (string)payload["original"]!;
        var form = (string?)payload["form"] is { } name ? Enum.Parse<KeptForm>(name) : KeptForm.Text;
        var isExact = (bool?)payload["exact"] ?? false;
        return new QuarantinedRow(
            record.Seq, record.KnownAt, (int)payload["row"]!, (string)payload["caller"]!, (string)payload["version"]!, [.. problems], original)
        {
            Form = form,
            IsExact = isExact,
            Bytes = (int?)payload["bytes"] ?? original.Length,
            Digest = (string?)payload["digest"],
            Cells = (string?)payload["cells"] ?? (form == KeptForm.Delimited && isExact ? original : null),
            KnownAt = KnownAtPolicy.Parse((string?)payload["known_at"]),
            StatedKnownAt = (long?)payload["stated_known_at"] is { } stated ? new KnownAt(stated) : null,
        };
    }
}
