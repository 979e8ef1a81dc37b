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
        context.Response.ContentType = "application/json";
        if (ReferenceEquals(this, Done))
        {
            context.Response.ContentLength = None.Length;
            await context.Response.BodyWriter.WriteAsync(None, context.RequestAborted);
            return;
        }

        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, MlflowJson.Plain);
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }
}
