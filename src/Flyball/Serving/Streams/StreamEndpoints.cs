using System.Buffers;
using System.Text.Json;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Flyball.Serving.Streams;

/// <summary><c>GET /v1/streams</c>, and <c>GET /v1/streams/{output}</c> with a cursor.</summary>
internal static class StreamEndpoints
{
    private const int Usual = 100;
    private const int Most = 1_000;

    public static IEndpointRouteBuilder MapStreams(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/streams", ([FromServices] PredictionStreams streams) => Results.Json(new { streams = streams.All.Select(s => Describe(streams, s)) }, ServingJson.Options))
            .RequirePermission(Permission.Read).WithName("ListStreams").WithSummary("Streams of predictions, and how far each is").WithTags("predictions");
        routes.MapGet("/v1/streams/{output}", Read)
            .RequirePermission(Permission.Read).WithName("ReadStream").WithSummary("Predictions of a stream behind a cursor").WithTags("predictions");
        return routes;
    }

    private static object Describe(PredictionStreams streams, OutputStream stream) => new
    {
        stream.Output,
        stream.Model,
        position = stream.Position.Seq,
        behind = streams.BehindOf(stream),
        lag_seconds = Math.Round(streams.LagOf(stream), 3),
        stream.Predicted,
        stream.Unanswered,
    };

    private static IResult Read(string output, long? after, int? limit, [FromServices] PredictionStreams streams, [FromServices] StreamJournal journal)
    {
        if (after < 0 || limit is < 1 or > Most)
        {
            return ProblemResults.From(new Problem("FLY3002", $"after is not below 0, and limit from 1 to {Most}.", new ProblemLocation(Field: after < 0 ? "after" : "limit")));
        }

        if (streams.Find(output) is not { } stream)
        {
            return ProblemResults.From(new Problem("FLY4004", "No model writes a stream of this name.", new ProblemLocation(Field: "output"), "GET /v1/streams lists them."));
        }

        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, stream, streams, journal.After(new Horizon(after ?? 0), output).Where(r => !r.Entry.IsBegin).Take(limit ?? Usual), after ?? 0);
        }

        return Results.Bytes(buffer.WrittenMemory.ToArray(), "application/json");
    }

    private static void Write(Utf8JsonWriter writer, OutputStream stream, PredictionStreams streams, IEnumerable<(string Output, long Seq, StreamEntry Entry)> records, long next)
    {
        writer.WriteStartObject();
        writer.WriteString("stream", stream.Output);
        writer.WriteString("model", stream.Model);
        writer.WriteStartArray("predictions");
        foreach (var (_, seq, entry) in records)
        {
            entry.Write(seq, writer);
            next = seq;
        }

        writer.WriteEndArray();
        writer.WriteNumber("next", next);
        writer.WriteNumber("behind", streams.BehindOf(stream));
        writer.WriteNumber("lag_seconds", Math.Round(streams.LagOf(stream), 3));
        writer.WriteEndObject();
    }
}
