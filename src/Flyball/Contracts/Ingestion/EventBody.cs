using System.Text.Json;
using System.Text.Unicode;
using Flyball.Contracts.Rows;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Ingestion;

/// <summary>
/// Fills a batch from a request's body. A body that is not what its content type says is refused whole, because nobody can tell where its
/// rows begin; a row that breaks its contract is put aside alone.
/// </summary>
internal static class EventBody
{
    private static readonly Problem NotARow = new("FLY3100", "The row is not a JSON object.");

    /// <summary>One object, or an array of rows. Null when the batch is filled.</summary>
    public static Problem? FillFromJson(RowBatch batch, ReadOnlySpan<byte> body, int mostRows)
    {
        if (!Utf8.IsValid(body))
        {
            return new Problem("FLY3001", "The body is not UTF-8.");
        }

        try
        {
            var json = new Utf8JsonReader(body, RowReader.Options);
            json.Read();
            if (json.TokenType == JsonTokenType.StartArray)
            {
                while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                {
                    if (batch.Received == mostRows)
                    {
                        return TooMany(mostRows);
                    }

                    AddRow(batch, ref json, body);
                }
            }
            else if (json.TokenType == JsonTokenType.StartObject)
            {
                batch.AddJson(ref json, body);
            }
            else
            {
                return new Problem("FLY3001", "The body is neither a JSON object nor an array.");
            }

            json.Read();
            return null;
        }
        catch (JsonException e)
        {
            return Malformed(e, null);
        }
    }

    /// <summary>One object a line; empty lines are passed over. Null when the batch is filled.</summary>
    public static Problem? FillFromLines(RowBatch batch, ReadOnlySpan<byte> body, int mostRows)
    {
        if (!Utf8.IsValid(body))
        {
            return new Problem("FLY3001", "The body is not UTF-8.");
        }

        var number = 0;
        foreach (var range in body.Split((byte)'\n'))
        {
            number++;
            var line = body[range].Trim(" \t\r"u8);
            if (line.IsEmpty)
            {
                continue;
            }

            if (batch.Received == mostRows)
            {
                return TooMany(mostRows);
            }

            try
            {
                var json = new Utf8JsonReader(line, RowReader.Options);
                json.Read();
                AddRow(batch, ref json, line);
                json.Read();
            }
            catch (JsonException e)
            {
                return Malformed(e, number);
            }
        }

        return null;
    }

    private static void AddRow(RowBatch batch, ref Utf8JsonReader json, ReadOnlySpan<byte> body)
    {
        if (json.TokenType == JsonTokenType.StartObject)
        {
            batch.AddJson(ref json, body);
            return;
        }

        var start = (int)json.TokenStartIndex;
        json.Skip();
        batch.AddBroken(NotARow, body[start..(int)json.BytesConsumed]);
    }

    /// <summary>The place only: the reader's own message may repeat what was sent.</summary>
    private static Problem Malformed(JsonException e, int? line) => new(
        "FLY3001",
        "The body is not JSON.",
        new ProblemLocation(Line: line ?? (int)(e.LineNumber ?? 0) + 1, Column: (int)Math.Min(e.BytePositionInLine ?? 0, int.MaxValue - 1) + 1),
        "Nothing was stored.");

    private static Problem TooMany(int mostRows) => new("FLY4013", $"The request has more than {mostRows} rows.", Remedy: "Send several requests. Nothing was stored.");
}
