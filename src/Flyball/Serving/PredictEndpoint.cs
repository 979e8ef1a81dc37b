using System.Buffers;
using System.Text.Json;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Flyball.Training;
using Microsoft.AspNetCore.Http;

namespace Flyball.Serving;

/// <summary>
/// <c>POST /v1/models/{model}/predict</c>: a request object, or <c>{"instances":[…]}</c>. Reads UTF-8 straight into rows and writes the
/// answer straight to the response.
/// </summary>
public sealed class PredictEndpoint(Predictor predictor, RequestIds ids)
{
    private const int LargestBody = 1 << 20;
    private const int MostInstances = 1000;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? answerOfThread;

    public async Task HandleAsync(HttpContext context)
    {
        var model = (string)context.Request.RouteValues["model"]!;
        if (predictor.PlanFor(model) is not { } plan)
        {
            await Refuse(context, [predictor.RefusalOf(model)]);
            return;
        }

        if (!JsonMediaType.Is(context.Request.ContentType))
        {
            await Refuse(context, [new Problem("FLY4015", "Requests come as application/json.", Remedy: "Set Content-Type.")]);
            return;
        }

        if (context.Request.ContentLength > LargestBody)
        {
            await Refuse(context, [TooLarge]);
            return;
        }

        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (read.Buffer.Length > LargestBody)
            {
                reader.AdvanceTo(read.Buffer.End);
                await Refuse(context, [TooLarge]);
                return;
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.IsSingleSegment ? read.Buffer.First : read.Buffer.ToArray();
                var answer = Answer(plan, body, out var problems);
                reader.AdvanceTo(read.Buffer.End);
                if (problems is not null)
                {
                    await Refuse(context, problems);
                    return;
                }

                context.Response.ContentType = "application/json";
                context.Response.ContentLength = answer.WrittenCount;
                context.Response.BodyWriter.Write(answer.WrittenSpan);
                await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
                return;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static Problem TooLarge => new("FLY4013", "The body is larger than 1 MiB.", Remedy: "Send fewer instances a request.");

    private static Task Refuse(HttpContext context, IReadOnlyList<Problem> problems) => ProblemResults.From(problems).ExecuteAsync(context);

    private ArrayBufferWriter<byte> Answer(TrafficPlan plan, ReadOnlyMemory<byte> body, out IReadOnlyList<Problem>? problems)
    {
        var buffer = answerOfThread ??= new ArrayBufferWriter<byte>(1024);
        buffer.ResetWrittenCount();
        using var writer = new Utf8JsonWriter(buffer);
        if (InstancesOf(body, out var malformed) is { } instances)
        {
            problems = WriteInstances(plan, instances, writer);
        }
        else
        {
            problems = malformed ?? WriteOne(plan, body, writer);
        }

        writer.Flush();
        return buffer;
    }

    private IReadOnlyList<Problem>? WriteInstances(TrafficPlan plan, List<ReadOnlyMemory<byte>> instances, Utf8JsonWriter writer)
    {
        if (instances.Count is 0 or > MostInstances)
        {
            return [new Problem("FLY3003", $"instances holds {instances.Count} rows; it takes 1 to {MostInstances}.", new ProblemLocation(Field: "instances"))];
        }

        // All are read before the first is answered: a request that is refused has logged no prediction, and hears of every bad field.
        var contract = plan.Champion.Vector.Request;
        var rows = new Value[instances.Count][];
        var found = new List<Problem>();
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = new Value[contract.Schema.Fields.Count];
            var path = $"instances[{i}]";
            found.AddRange(RowCodec.Of(contract).ReadRequest(instances[i].Span, rows[i], plan.Champion.UnknownColumn)
                .Select(p => p with { Where = new ProblemLocation(Field: p.Where?.Field is { } f ? $"{path}.{f}" : path) }));
        }

        if (found.Count > 0)
        {
            return found;
        }

        writer.WriteStartObject();
        writer.WriteStartArray("predictions");
        foreach (var row in rows)
        {
            if (WriteAnswer(plan, row, writer) is { } problems)
            {
                return problems;
            }
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        return null;
    }

    private IReadOnlyList<Problem>? WriteOne(TrafficPlan plan, ReadOnlyMemory<byte> json, Utf8JsonWriter writer)
    {
        var contract = plan.Champion.Vector.Request;
        var row = new Value[contract.Schema.Fields.Count];
        var problems = RowCodec.Of(contract).ReadRequest(json.Span, row, plan.Champion.UnknownColumn);
        return problems.Count > 0 ? problems : WriteAnswer(plan, row, writer);
    }

    private IReadOnlyList<Problem>? WriteAnswer(TrafficPlan plan, Value[] row, Utf8JsonWriter writer)
    {
        var record = predictor.Predict(plan, row, RowCodec.Of(plan.Champion.Vector.Request).Write(row), ids.Next());
        if (record is null)
        {
            return [plan.Unanswered];
        }

        writer.WriteStartObject();
        writer.WriteString("request_id", record.RequestId);
        writer.WriteString("model", record.Model);
        writer.WriteNumber("version", record.Version);
        writer.WriteString("digest", record.Digest.Hex);
        WritePrediction(writer, record, plan);
        if (record.Decision is not null)
        {
            writer.WriteString("decision", record.Decision);
        }

        writer.WriteString("rung", RungNames.Of(record.Rung));
        if (RungNames.Of(record.Arm) is { } arm)
        {
            writer.WriteString("arm", arm);
        }

        writer.WriteNumber("horizon", record.Horizon.Seq);
        writer.WriteEndObject();
        return null;
    }

    /// <summary>The probability or the number; of several classes the likeliest one, with the probability of each.</summary>
    private static void WritePrediction(Utf8JsonWriter writer, PredictionRecord record, TrafficPlan plan)
    {
        if (record.Probabilities.Count == 0 || plan.VersionOf(record.Digest)?.Scorer.Manifest.Classes is not { } classes)
        {
            writer.WriteNumber("prediction", record.Score);
            return;
        }

        writer.WriteString("prediction", classes[new Score { Probabilities = [.. record.Probabilities] }.Class]);
        writer.WriteStartObject("probabilities");
        for (var k = 0; k < classes.Count; k++)
        {
            writer.WriteNumber(classes[k], record.Probabilities[k]);
        }

        writer.WriteEndObject();
    }

    /// <summary>The rows of <c>{"instances":[…]}</c> as slices of the body; null when the body is one request object.</summary>
    private static List<ReadOnlyMemory<byte>>? InstancesOf(ReadOnlyMemory<byte> body, out IReadOnlyList<Problem>? problems)
    {
        problems = null;
        var json = new Utf8JsonReader(body.Span);
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject || !json.Read()
                || json.TokenType != JsonTokenType.PropertyName || !json.ValueTextEquals("instances"u8))
            {
                return null;
            }

            json.Read();
            if (json.TokenType != JsonTokenType.StartArray)
            {
                problems = [new Problem("FLY3002", "instances is not an array.", new ProblemLocation(Field: "instances"))];
                return null;
            }

            var rows = new List<ReadOnlyMemory<byte>>();
            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                var from = (int)json.TokenStartIndex;
                json.Skip();
                rows.Add(body[from..(int)json.BytesConsumed]);
            }

            if (json.Read() && json.TokenType != JsonTokenType.EndObject)
            {
                problems = [new Problem("FLY3002", "Something follows instances.", Remedy: "Send {\"instances\":[…]} alone.")];
                return null;
            }

            // Read to the end: whatever follows the object is refused by the reader.
            _ = json.Read();
            return rows;
        }
        catch (JsonException e)
        {
            problems = [new Problem("FLY3001", $"The body is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.")];
            return null;
        }
    }
}
