using System.Text.Json;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Microsoft.AspNetCore.Connections;

namespace Flyball.Server.Operations;

/// <summary>Turns what a handler throws into a problem document: what a caller can mend as 4xx, a bug as 500 without its inside.</summary>
internal sealed partial class UnhandledProblems(RequestDelegate next, ILogger<UnhandledProblems> logger, IHostApplicationLifetime lifetime)
{
    private static readonly Problem Stopping = new(
        "FLY2048", "The server is stopping, or starting anew with other definitions, and the request did not end in time.", Remedy: "Send it again in a moment, with the same idempotency key.");

    /// <summary>What is said to a body whose chunks are not what they say.</summary>
    public static Problem Misframed { get; } = new("FLY3001", "The body's chunks are not framed as HTTP says.");

    /// <summary>Whether reading a body failed for the length of a chunk that no number holds: the web server takes that for a defect of its own.</summary>
    public static bool IsMisframed(IOException e)
    {
        ArgumentNullException.ThrowIfNull(e);
        return e.InnerException is OverflowException;
    }

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone: there is nobody to answer.
        }
        catch (IOException e) when (e is not BadHttpRequestException && !IsMisframed(e) && (context.RequestAborted.IsCancellationRequested || e.InnerException is ConnectionAbortedException))
        {
            // It went while its body was read.
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // No defect: the stop has waited as long as it waits.
            if (!context.Response.HasStarted)
            {
                context.Response.Clear();
                context.Response.Headers.RetryAfter = "5";
                await ProblemResults.From(Stopping).ExecuteAsync(context);
            }
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            IReadOnlyList<Problem> problems = e is RequestBodyException body ? body.Problems : [e switch
            {
                FlyballException known => known.Problem,
                BadHttpRequestException { StatusCode: 408 } => new Problem("FLY5090", "The body came too slowly.", Remedy: "Send at least 240 bytes a second."),
                BadHttpRequestException { StatusCode: 413 } => new Problem("FLY4013", "The body is too large."),
                BadHttpRequestException { StatusCode: 415 } => new Problem("FLY4015", "The content type is not one this route takes.", Remedy: "Send application/json."),
                BadHttpRequestException bad => new Problem("FLY3001", bad.InnerException is JsonException json ? $"The body is not JSON: {Place(json)}." : bad.Message),
                IOException cut when IsMisframed(cut) => Misframed,
                JsonException json => new Problem("FLY3001", $"The body is not JSON: {Place(json)}."),
                _ => new Problem("FLY9000", "This is a defect of the program.", Remedy: "Its log has the details under this request's trace id."),
            }];
            if (problems[0].Code == "FLY9000")
            {
                // The pattern, not the path: a path may name a person.
                Unexpected(logger, e, (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "no route");
            }

            context.Response.Clear();
            await ProblemResults.From(problems).ExecuteAsync(context);
        }
    }

    private static string Place(JsonException e) => $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}";

    [LoggerMessage(9000, LogLevel.Error, "A request to {Route} failed unexpectedly")]
    private static partial void Unexpected(ILogger logger, Exception exception, string route);
}
