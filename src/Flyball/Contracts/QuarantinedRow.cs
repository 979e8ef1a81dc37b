using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Storage.Journals;

namespace Flyball.Contracts;

/// <summary>A row that was put aside, with its reasons and what was sent.</summary>
/// <param name="Seq">Its place in the log.</param>
/// <param name="At">When it was put aside.</param>
/// <param name="Row">Its position in the request, from 0.</param>
/// <param name="Caller">Who sent it.</param>
/// <param name="Version">Version of the contract that refused it.</param>
/// <param name="Problems">The first reasons.</param>
/// <param name="Original">What was sent, up to <see cref="LongestOriginal"/> bytes.</param>
public sealed record QuarantinedRow(long Seq, KnownAt At, int Row, string Caller, string Version, IReadOnlyList<Problem> Problems, string Original)
{
    /// <summary>The longest kept part of a row, in bytes.</summary>
    public const int LongestOriginal = 16_384;

    private const int MostReasons = 8;

    /// <summary>The part of a row that is kept: the first bytes, not ending inside a character.</summary>
    internal static ReadOnlySpan<byte> Bound(ReadOnlySpan<byte> original)
    {
        if (original.Length <= LongestOriginal)
        {
            return original;
        }

        var length = LongestOriginal;
        while (length > 0 && (original[length] & 0xC0) == 0x80)
        {
            length--;
        }

        return original[..length];
    }

    /// <summary>The record's payload. Bytes that are not UTF-8 are replaced: the quarantine is for people.</summary>
    internal static byte[] Encode(RefusedRow row, string caller, string version)
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

        var payload = new JsonObject
        {
            ["row"] = row.Row,
            ["caller"] = caller,
            ["version"] = version,
            ["errors"] = reasons,
            ["original"] = Encoding.UTF8.GetString(row.Original),
        };
        return JsonSerializer.SerializeToUtf8Bytes(payload);
    }

    internal static QuarantinedRow Decode(in JournalRecord record)
    {
        var payload = JsonNode.Parse(record.Payload.Span)!.AsObject();
        var problems = payload["errors"]!.AsArray().Select(e => new Problem(
            (string)e!["code"]!,
            (string)e["message"]!,
            (string?)e["field"] is { } field ? new ProblemLocation(Field: field) : null));
        return new QuarantinedRow(
            record.Seq, record.KnownAt, (int)payload["row"]!, (string)payload["caller"]!, (string)payload["version"]!, [.. problems], (string)payload["original"]!);
    }
}
