using System.Text;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Microsoft.AspNetCore.Http;

namespace Flyball.Serving.Admission;

/// <summary>
/// The refusal of a request for which there is no room, as a problem document: 503 and Retry-After. Its bytes are made once, since whoever refuses most of what
/// comes has to do it cheaply.
/// </summary>
public static class OverloadAnswer
{
    /// <summary>FLY5004.</summary>
    public static Problem Problem { get; } =
        new("FLY5004", "More is asked of this model than can be answered in time.", Remedy: "Retry after the time that Retry-After states, with fewer requests at once; serve: concurrency and queue set the bounds.");

    // Below what it is made of: statics are made in this order.
    private static readonly byte[] Document = Encoding.UTF8.GetBytes(ProblemResults.Document([Problem]).ToJsonString());

    /// <summary>Writes the refusal.</summary>
    public static Task WriteAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "application/problem+json";
        context.Response.ContentLength = Document.Length;
        context.Response.Headers.RetryAfter = "1";
        return context.Response.Body.WriteAsync(Document, 0, Document.Length, context.RequestAborted);
    }
}
