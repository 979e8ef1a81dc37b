using System.Text.Encodings.Web;
using System.Text.Json;
using Flyball.Engine.Problems;
using Flyball.Problems;

namespace Flyball.Server.Protocols.OpenInference;

/// <summary>Refusals in the protocol's form: a status and <c>{"error": "..."}</c>, nothing else.</summary>
internal static class InferenceErrors
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The status of a problem; what breaks a contract is a bad request in this protocol.</summary>
    public static int StatusOf(Problem problem) => ProblemTable.StatusOf(problem.Code) is var status && status == StatusCodes.Status422UnprocessableEntity ? StatusCodes.Status400BadRequest : status;

    /// <summary>The message of whatever a request was refused for.</summary>
    public static string MessageOf(FlyballException refusal) =>
        string.Join("; ", (refusal is RequestBodyException several ? several.Problems : [refusal.Problem]).Select(MessageOf));

    public static string MessageOf(Problem problem)
    {
        var place = problem.Where?.Field is { } field ? $"{field}: " : "";
        var way = problem.Remedy is null ? "" : $" {problem.Remedy}";
        return $"{place}{problem.Message}{way} ({problem.Code})";
    }

    public static async Task WriteAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Plain);
        json.WriteStartObject();
        json.WriteString("error", message);
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }

    /// <summary>How a refusal before the handler is written on these routes.</summary>
    public static IResult Result(Problem problem) => new Refusal(problem);

    private sealed class Refusal(Problem problem) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, StatusOf(problem), MessageOf(problem));
    }
}
