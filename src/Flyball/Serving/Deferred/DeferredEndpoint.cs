using System.Buffers;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Contracts.Ingestion;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Problems;
using Microsoft.AspNetCore.Http;

namespace Flyball.Serving.Deferred;

/// <summary>
/// <c>POST /v1/models/{model}/predict?mode=async</c> and <c>GET /v1/predictions/jobs/{id}</c>. A request is checked as a live one is, kept, and answered
/// with 202 and where its answer will be.
/// </summary>
internal sealed class DeferredEndpoint(DeferredPredictions queue, PredictionDesk desk)
{
    private const string Prefix = "/v1/predictions/jobs/";
    private const int LongestKey = 255;
    private const int LargestBody = 1 << 20;

    public static string UrlOf(string id) => Prefix + id;

    /// <summary>Whether a request names a mode at all; most do not.</summary>
    public static bool IsAsked(HttpContext context) => context.Request.QueryString.HasValue && context.Request.Query.ContainsKey("mode");

    public async Task<IResult> SubmitAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Query["mode"] is not ["async"])
        {
            return Refuse(context, DeferredProblems.UnknownMode);
        }

        var model = (string)request.RouteValues["model"]!;
        if (desk.PlanFor(model) is not { } plan)
        {
            return Refuse(context, desk.RefusalOf(model));
        }

        if (!TryReadTerms(context, out var terms, out var wrong))
        {
            return Refuse(context, wrong!);
        }

        if (await BodyAsync(context) is not { } body)
        {
            return Refuse(context, PredictEndpoint.TooLarge);
        }

        plan = desk.PlanFor(model) ?? plan;
        var rows = PredictEndpoint.Rows(plan, body, out var several, out var problems);
        if (problems is not null)
        {
            return ProblemResults.From(problems);
        }

        var submitted = await queue.SubmitAsync(plan, rows, terms with { Several = several }, context.RequestAborted);
        if (submitted.Job is not { } job)
        {
            return Refuse(context, submitted.Problem!);
        }

        if (submitted.IsRepeat)
        {
            context.Response.Headers["Idempotent-Replayed"] = "true";
        }

        return Results.Accepted(UrlOf(job.Id), new JsonObject { ["job_id"] = job.Id, ["status_url"] = UrlOf(job.Id) });
    }

    public IResult Find(string id, HttpContext context)
    {
        if (queue.Find(id, context.Caller().Name) is not { } job)
        {
            return ProblemResults.From(DeferredProblems.Unknown);
        }

        if (job.FinishedMicros is null)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        var document = new JsonObject
        {
            ["job_id"] = job.Id,
            ["model"] = job.Model,
            ["state"] = job.State,
            ["instances"] = job.Instances,
            ["created_at"] = new EventTime(job.CreatedMicros).ToString(),
        };
        if (job is { FinishedMicros: { } finished, ExpiresMicros: { } expires, Answer: { } answer })
        {
            document["finished_at"] = new EventTime(finished).ToString();
            document["expires_at"] = new EventTime(expires).ToString();
            document[job.State == DeferredStates.Done ? "result" : "problem"] = JsonNode.Parse(answer);
        }

        return Results.Json(document);
    }

    private static bool TryReadTerms(HttpContext context, out DeferredTerms terms, out Problem? wrong)
    {
        var keys = context.Request.Headers[EventRequest.KeyHeader];
        var key = keys.Count == 0 ? null : keys.ToString();
        terms = new DeferredTerms(context.Caller().Name, false, key, context.Request.Query["webhook"] is [{ Length: > 0 } named] ? named : null);
        wrong = JsonMediaType.Refusal(context.Request) is { } other ? other
            : keys.Count > 1 || key is { Length: 0 or > LongestKey } || (key is not null && key.Any(c => c is < '!' or > '~'))
                ? new Problem("FLY3003", $"{EventRequest.KeyHeader} should be one value of 1 to {LongestKey} visible ASCII characters.")
                : RequestPurpose.NotTaken(context);
        return wrong is null;
    }

    /// <summary>The whole body; null when it is larger than a live one may be.</summary>
    private static async Task<ReadOnlyMemory<byte>?> BodyAsync(HttpContext context)
    {
        if (context.Request.ContentLength > LargestBody)
        {
            return null;
        }

        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (read.IsCompleted || read.Buffer.Length > LargestBody)
            {
                ReadOnlyMemory<byte>? body = read.Buffer.Length > LargestBody ? (ReadOnlyMemory<byte>?)null : read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static IResult Refuse(HttpContext context, Problem problem)
    {
        if (ProblemTable.StatusOf(problem.Code) == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        return ProblemResults.From(problem);
    }
}
