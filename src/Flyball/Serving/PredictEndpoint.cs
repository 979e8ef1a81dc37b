using System.Buffers;
using System.Text.Json;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Flyball.Registry;
using Flyball.Serving.Admission;
using Microsoft.AspNetCore.Http;

namespace Flyball.Serving;

/// <summary>
/// <c>POST /v1/models/{model}/predict</c>: a request object, or <c>{"instances":[…]}</c>. Reads UTF-8 straight into rows and writes the
/// answer straight to the response.
/// </summary>
public sealed class PredictEndpoint(PredictionDesk desk, TimeProvider time, ModelRegistry? registry = null)
{
    /// <summary>A caller's own limit: <c>50ms</c>, or a number of milliseconds.</summary>
    public const string TimeoutHeader = "X-Flyball-Timeout";

    private const int LargestBody = 1 << 20;
    private const int MostInstances = 1000;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? answerOfThread;

    public async Task HandleAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        var model = (string)context.Request.RouteValues["model"]!;
        if (desk.PlanFor(model) is not { } plan)
        {
            await Refuse(context, [desk.RefusalOf(model)]);
            return;
        }

        DeprecationHeaders.Write(context, registry, plan);
        if (JsonMediaType.Refusal(context.Request) is { } other)
        {
            await Refuse(context, [other]);
            return;
        }

        if (context.Request.ContentLength > LargestBody)
        {
            await Refuse(context, [TooLarge]);
            return;
        }

        if (desk.RefusesUnread(plan, PredictionRoute.Predict, context.Request.ContentLength) is not null)
        {
            await OverloadAnswer.WriteAsync(context);
            return;
        }

        if (Terms(context, started, out var terms) is { } wrong)
        {
            await Refuse(context, [wrong]);
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
                await ReadAndAnswerAsync(context, plan, read.Buffer, terms);
                return;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>What the headers say; else what is wrong with them.</summary>
    private static Problem? Terms(HttpContext context, long started, out PredictionTerms terms)
    {
        terms = default;
        if (!RequestTimeout.TryRead(context.Request, out var timeout, out var wrong))
        {
            return wrong;
        }

        var unclear = RequestPurpose.TryRead(context, PredictionRoute.Predict, out var route);
        terms = new PredictionTerms(route, started, context.Caller().Name, timeout);
        return unclear;
    }

    /// <summary>Nothing is spent on a body before there is room for its request.</summary>
    private async Task ReadAndAnswerAsync(HttpContext context, TrafficPlan plan, ReadOnlySequence<byte> whole, PredictionTerms terms)
    {
        terms = terms with { Bytes = whole.Length };
        DeskEntry entry;
        RequestRow[] rows = [];
        bool several;
        IReadOnlyList<Problem>? problems;
        try
        {
            entry = await desk.EnterAsync(plan, terms, context.RequestAborted);
            (several, problems) = (false, entry.Problem is { } refused ? [refused] : null);

            // A body may come slowly, and a request wait: what answers is what is in force now.
            plan = desk.PlanFor(plan.Model) ?? plan;
            if (problems is null)
            {
                rows = RowsIn(entry, plan, whole.IsSingleSegment ? whole.First : whole.ToArray(), out several, out problems);
            }
        }
        finally
        {
            // The server reads on behind it even where the caller has gone while the request waited.
            context.Request.BodyReader.AdvanceTo(whole.End);
        }

        if (problems is null)
        {
            await AnswerAsync(context, entry, plan, rows, several, terms);
            return;
        }

        await Refuse(context, problems);
    }

    /// <summary>The rows of a body whose request was let in. Rows that are no good give the place back: whoever reads the refusal slowly holds none.</summary>
    private static RequestRow[] RowsIn(DeskEntry entry, TrafficPlan plan, ReadOnlyMemory<byte> body, out bool several, out IReadOnlyList<Problem>? problems)
    {
        var isGood = false;
        try
        {
            var rows = Rows(plan, body, out several, out problems);
            isGood = problems is null;
            return rows;
        }
        finally
        {
            if (!isGood)
            {
                entry.Dispose();
            }
        }
    }

    private async Task AnswerAsync(HttpContext context, DeskEntry entry, TrafficPlan plan, RequestRow[] rows, bool several, PredictionTerms terms)
    {
        var answer = await desk.AnswerAsync(entry, plan, rows, terms, context.RequestAborted);
        if (answer.Problem is { } problem)
        {
            await Refuse(context, [problem]);
            return;
        }

        var written = Write(plan, answer.Records, several);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = written.WrittenCount;
        context.Response.BodyWriter.Write(written.WrittenSpan);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    internal static Problem TooLarge => new("FLY4013", "The body is larger than 1 MiB.", Remedy: "Send fewer instances a request.");

    private static Task Refuse(HttpContext context, IReadOnlyList<Problem> problems)
    {
        if (ReferenceEquals(problems[0], OverloadAnswer.Problem))
        {
            return OverloadAnswer.WriteAsync(context);
        }

        if (ProblemTable.StatusOf(problems[0].Code) == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        return ProblemResults.From(problems).ExecuteAsync(context);
    }

    /// <summary>The rows of a body. All are read before the first is answered: a request that is refused has logged no prediction, and hears of every bad field.</summary>
    internal static RequestRow[] Rows(TrafficPlan plan, ReadOnlyMemory<byte> body, out bool several, out IReadOnlyList<Problem>? problems)
    {
        several = false;
        if (InstancesOf(body, out problems) is not { } instances)
        {
            return problems is not null ? [] : [RequestRow.Read(plan, body.Span, out problems)];
        }

        several = true;
        if (instances.Count is 0 or > MostInstances)
        {
            problems = [new Problem("FLY3003", $"instances holds {instances.Count} rows; it takes 1 to {MostInstances}.", new ProblemLocation(Field: "instances"))];
            return [];
        }

        var rows = new RequestRow[instances.Count];
        var found = new List<Problem>();
        for (var i = 0; i < rows.Length; i++)
        {
            var path = $"instances[{i}]";
            rows[i] = RequestRow.Read(plan, instances[i].Span, out var bad);
            found.AddRange((bad ?? []).Select(p => p with { Where = new ProblemLocation(Field: p.Where?.Field is { } f ? $"{path}.{f}" : path) }));
        }

        problems = found.Count > 0 ? found : null;
        return rows;
    }

    private static ArrayBufferWriter<byte> Write(TrafficPlan plan, IReadOnlyList<PredictionRecord> records, bool several)
    {
        var buffer = answerOfThread ??= new ArrayBufferWriter<byte>(1024);
        buffer.ResetWrittenCount();
        using var writer = new Utf8JsonWriter(buffer);
        PredictionJson.WriteAll(plan, records, several, writer);
        writer.Flush();
        return buffer;
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
