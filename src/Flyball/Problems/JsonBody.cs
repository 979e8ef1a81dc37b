using System.Buffers;
using System.Text.Unicode;
using Flyball.Engine.Problems;
using Microsoft.AspNetCore.Http;

namespace Flyball.Problems;

/// <summary>A request's JSON as bytes, for routes that read it without a document in between.</summary>
public static class JsonBody
{
    /// <summary>The whole body, checked to be UTF-8 of at most so many bytes; a copy, so that it outlives the request's buffers.</summary>
    /// <exception cref="FlyballException">FLY3001: empty or no UTF-8. FLY4013: too large. FLY4015: said to be something else.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, int most)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!JsonMediaType.Is(context.Request.ContentType))
        {
            throw new FlyballException(new Problem("FLY4015", "The body comes as application/json.", Remedy: "Set Content-Type."));
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
                return body.Length == 0 || !Utf8.IsValid(body)
                    ? throw new FlyballException(new Problem("FLY3001", body.Length == 0 ? "This takes a JSON object, and the body is empty." : "The body is not UTF-8."))
                    : body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
