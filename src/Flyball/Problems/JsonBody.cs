using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Flyball.Engine.Problems;
using Microsoft.AspNetCore.Http;

namespace Flyball.Problems;

/// <summary>A request's JSON as bytes, for routes that read it without a document in between.</summary>
public static class JsonBody
{
    /// <summary>The whole body, checked to be UTF-8 of at most so many bytes; a copy, so that it outlives the request's buffers.</summary>
    /// <exception cref="FlyballException">FLY3001: empty, no UTF-8, or a text in it is not Unicode. FLY4013: too large. FLY4015: said to be something else.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, int most)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (JsonMediaType.Refusal(context.Request) is { } other)
        {
            throw new FlyballException(other);
        }

        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (read.Buffer.Length > most || context.Request.ContentLength > most)
            {
                reader.AdvanceTo(read.Buffer.End);
                throw new FlyballException(new Problem("FLY4013", $"The body is larger than {most} bytes.", Remedy: "Send several requests."));
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return DefectOf(body) is { } defect ? throw new FlyballException(new Problem("FLY3001", defect)) : body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static string? DefectOf(byte[] body) =>
        body.Length == 0 ? "This takes a JSON object, and the body is empty."
        : !Utf8.IsValid(body) ? "The body is not UTF-8."
        : body.AsSpan().IndexOf("\\u"u8) >= 0 && !AreTextsWhole(body) ? "A text of the body escapes half of a character: it is not Unicode."
        : null;

    /// <summary>Whether no escape stands for a lone surrogate. Broken JSON passes: its reader says where.</summary>
    private static bool AreTextsWhole(byte[] body)
    {
        var json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 1_000 });
        try
        {
            while (json.Read())
            {
                if (json.ValueIsEscaped)
                {
                    _ = json.GetString();
                }
            }
        }
        catch (JsonException)
        {
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }

        return true;
    }
}
