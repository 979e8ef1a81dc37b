using System.Text.Json;
using System.Text.Unicode;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Ingestion;

/// <summary>
/// Fills a batch from a request's body. A body that is not what its content type says is refused whole, because nobody can tell where its
/// rows begin; a row that breaks its contract is put aside alone.
/// </summary>
internal static class EventBody
{
    /// <summary>Deep nesting breaks its row, and not the request: a row's own reader bounds what it goes into.</summary>
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1 << 24 };

    private static readonly Problem NotARow = new("FLY3100", "The row is not a JSON object.");

    /// <summary>One object, or an array of rows. Null when the batch is filled.</summary>
    public static Problem? FillFromJson(RowBatch batch, ReadOnlySpan<byte> body, int mostRows)
    {
        if (!Utf8.IsValid(body))
        {
            return new Problem("FLY3001", "The body is not UTF-8.");
        }

        body = WithoutMark(body);
        try
        {
            var json = new Utf8JsonReader(body, Options);
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

    /// <summary>One object a line; lines end in LF, CR LF or CR, and empty ones are passed over. Null when the batch is filled.</summary>
    public static Problem? FillFromLines(RowBatch batch, ReadOnlySpan<byte> body, int mostRows)
    {
        if (!Utf8.IsValid(body))
        {
            return new Problem("FLY3001", "The body is not UTF-8.");
        }

        var number = 0;
        body = WithoutMark(body);
        while (!body.IsEmpty)
        {
            number++;
            var line = NextLine(ref body).Trim(" \t"u8);
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
                var json = new Utf8JsonReader(line, Options);
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

    /// <summary>The UTF-8 mark that some programs write first.</summary>
    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> body) => body.StartsWith("\uFEFF"u8) ? body[3..] : body;

    /// <summary>A raw CR or LF stands in no JSON text, so each ends a line; the two together end one.</summary>
    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> body)
    {
        var end = body.IndexOfAny((byte)'\n', (byte)'\r');
        if (end < 0)
        {
            end = body.Length;
        }

        var line = body[..end];
        var rest = body[end..];
        body = rest[Math.Min(rest.Length, rest.StartsWith("\r\n"u8) ? 2 : 1)..];
        return line;
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
