using System.Buffers;
using System.Text.Json;

namespace Flyball.Server.Protocols.Mlflow;

/// <summary>What a handler answers: the members of one JSON object.</summary>
internal sealed class MlflowAnswer(Action<Utf8JsonWriter> members)
{
    private static readonly byte[] None = "{}"u8.ToArray();

    /// <summary>An empty object: done.</summary>
    public static MlflowAnswer Done { get; } = new(_ => { });

    public async Task WriteAsync(HttpContext context)
    {
        if (ReferenceEquals(this, Done))
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = None.Length;
            await context.Response.BodyWriter.WriteAsync(None, context.RequestAborted);
            return;
        }

        // Whole before its first byte is sent: an answer that cannot be made is refused, and not broken off.
        var answer = new ArrayBufferWriter<byte>(1024);
        await using (var json = new Utf8JsonWriter(answer, MlflowJson.Plain))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.WrittenCount;
        await context.Response.BodyWriter.WriteAsync(answer.WrittenMemory, context.RequestAborted);
    }
}
