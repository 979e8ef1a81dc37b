using System.Globalization;
using System.Text.Json;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Flyball.Server.Protocols.OpenInference;
using Flyball.Serving;
using Flyball.Serving.Admission;
using Microsoft.Net.Http.Headers;

namespace Flyball.Server.Protocols.Invocations;

/// <summary>
/// <c>POST /v1/models/{model}/invocations</c>: requests as MLflow's scoring server takes them, in four shapes of JSON and as CSV. They translate: rows go where every
/// request's go.
/// </summary>
internal static class InvocationEndpoints
{
    public static IEndpointRouteBuilder MapInvocations(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/models/{model}/invocations", (Delegate)(Func<HttpContext, Task>)InvokeAsync).RequirePermission(Permission.Predict)
            .WithName("Invocations").WithSummary("Predictions for a data frame, as an MLflow scoring client asks for them").WithTags("invocations");
        routes.MapGet("/ping", () => Results.Text("\n")).RequirePermission(Permission.Open)
            .WithName("Ping").WithSummary("200 while the server answers").WithTags("invocations");
        return routes;
    }

    private static async Task InvokeAsync(HttpContext context)
    {
        var started = context.RequestServices.GetRequiredService<TimeProvider>().GetTimestamp();
        var desk = context.RequestServices.GetRequiredService<PredictionDesk>();
        var model = (string)context.Request.RouteValues["model"]!;
        if (desk.PlanFor(model) is not { } first)
        {
            await RefuseAsync(context, desk.RefusalOf(model));
            return;
        }

        if (desk.RefusesUnread(first, PredictionRoute.Invocations, context.Request.ContentLength) is not null)
        {
            await OverloadAnswer.WriteAsync(context);
            return;
        }

        var route = RequestPurpose.Read(context, PredictionRoute.Invocations);
        var terms = new PredictionTerms(route, started, context.Caller().Name, RequestTimeout.Read(context.Request), Bytes: context.Request.ContentLength);
        var (isDelimited, body) = await ReadAsync(context);
        using var entry = await desk.EnterAsync(first, terms, context.RequestAborted);

        // A body may come slowly, and a request wait: what answers is what is in force now.
        var plan = desk.PlanFor(model) ?? first;
        DeprecationHeaders.Write(context, plan);
        if (entry.Problem is { } refused)
        {
            await RefuseAsync(context, refused);
            return;
        }

        var request = isDelimited ? DelimitedInvocation.Read(plan.Champion.Vector.Request, body) : JsonInvocation.Read(body);
        var answer = await desk.AnswerAsync(entry, plan, Rows(plan, request), terms, context.RequestAborted);
        if (answer.Problem is { } problem)
        {
            await RefuseAsync(context, problem);
            return;
        }

        await WriteAsync(context, plan, request, answer);
    }

    private static Task RefuseAsync(HttpContext context, Problem problem)
    {
        if (ProblemTable.StatusOf(problem.Code) == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        return ProblemResults.From(problem).ExecuteAsync(context);
    }

    private static async Task<(bool IsDelimited, ReadOnlyMemory<byte> Body)> ReadAsync(HttpContext context)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || !type.MediaType.Equals("text/csv", StringComparison.OrdinalIgnoreCase))
        {
            return (false, await JsonBody.ReadAsync(context, InvocationRefusals.MostBytes));
        }

        return context.Request.Headers.ContentEncoding is { Count: > 0 } packed && packed != "identity"
            ? throw InferenceRefusals.ContentType("Packed bodies are not taken.")
            : (true, await InferenceBody.ReadBytesAsync(context, InvocationRefusals.MostBytes));
    }

    /// <summary>All rows are read before the first is answered, and every bad field is named.</summary>
    private static RequestRow[] Rows(TrafficPlan plan, InvocationRequest request)
    {
        var rows = new RequestRow[request.Rows.Count];
        var found = new List<Problem>();
        for (var r = 0; r < rows.Length; r++)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{request.Shape}[{r}]");
            rows[r] = RequestRow.Read(plan, request.Rows[r].Span, out var problems);
            found.AddRange((problems ?? []).Select(p => p with { Where = new ProblemLocation(Field: p.Where?.Field is { } field ? $"{path}.{field}" : path) }));
        }

        return found.Count == 0 ? rows : throw new RequestBodyException(found);
    }

    private static async Task WriteAsync(HttpContext context, TrafficPlan plan, InvocationRequest request, DeskAnswer answer)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteStartArray("predictions");
        foreach (var record in answer.Records)
        {
            if (AnsweredClass.Of(plan, record) is { } answered)
            {
                json.WriteStringValue(answered.Name);
            }
            else
            {
                json.WriteNumberValue(record.Score);
            }
        }

        json.WriteEndArray();
        if (request.WithDetails)
        {
            json.WriteStartArray("details");
            foreach (var record in answer.Records)
            {
                PredictionJson.Write(plan, record, json);
            }

            json.WriteEndArray();
        }

        if (answer.Defaulted is { Count: > 0 } defaulted)
        {
            json.WriteStartArray("defaulted");
            foreach (var field in defaulted)
            {
                json.WriteStringValue(field);
            }

            json.WriteEndArray();
        }

        if (request.Ignored.Count > 0)
        {
            json.WriteString("note", $"Ignored in params: {string.Join(", ", request.Ignored)}.");
        }

        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }
}
