using System.Text.Json;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Flyball.Training.Artifacts;
using Flyball.Training.Tracking;

namespace Flyball.Server.Protocols.Mlflow;

/// <summary>The protocol's error names, the status of each, and which of them a problem of ours is told as.</summary>
internal static class MlflowErrors
{
    public const string InvalidParameter = "INVALID_PARAMETER_VALUE";
    public const string NoEndpoint = "ENDPOINT_NOT_FOUND";
    public const string Absent = "RESOURCE_DOES_NOT_EXIST";
    public const string Exists = "RESOURCE_ALREADY_EXISTS";
    public const string NotImplemented = "NOT_IMPLEMENTED";
    public const string InvalidState = "INVALID_STATE";
    public const string Forbidden = "PERMISSION_DENIED";
    public const string Unauthenticated = "UNAUTHENTICATED";
    public const string Internal = "INTERNAL_ERROR";

    private const string BadRequest = "BAD_REQUEST";
    private const string Conflict = "RESOURCE_CONFLICT";
    private const string Unavailable = "TEMPORARILY_UNAVAILABLE";

    /// <summary>The status of a name. A client waits and repeats on 408, 429 and 5xx: those are for what mends itself.</summary>
    public static int StatusOf(string code) => code switch
    {
        Internal => 500,
        NotImplemented => 501,
        Unavailable => 503,
        Conflict => 409,
        Absent or NoEndpoint => 404,
        Forbidden => 403,
        Unauthenticated => 401,

        // The protocol's server answers 500, and its client repeats that for minutes; a state does not mend itself.
        InvalidState => 400,
        _ => 400,
    };

    /// <summary>A problem of ours in the protocol's terms.</summary>
    public static (string Code, string Message) Of(Problem problem) => (CodeOf(problem.Code), Message(problem));

    public static async Task WriteAsync(HttpContext context, string code, string message)
    {
        context.Response.StatusCode = StatusOf(code);
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, MlflowJson.Plain);
        json.WriteStartObject();
        json.WriteString("error_code", code);
        json.WriteString("message", message);
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }

    /// <summary>How a refusal before the handler is written on these routes.</summary>
    public static IResult Result(Problem problem) => new Refusal(Of(problem));

    private static string Message(Problem problem) => problem.Remedy is null ? problem.Message : $"{problem.Message} {problem.Remedy}";

    private static string CodeOf(string code) => code switch
    {
        TrackingProblems.Absent or ArtifactProblems.Absent => Absent,
        TrackingProblems.Taken => Exists,
        TrackingProblems.State => InvalidState,
        TrackingProblems.Invalid or ArtifactProblems.Path => InvalidParameter,
        _ => ProblemTable.StatusOf(code) switch
        {
            401 => Unauthenticated,
            403 => Forbidden,
            404 => Absent,
            409 => Conflict,
            503 or 507 => Unavailable,
            >= 500 => Internal,
            400 or 422 => InvalidParameter,
            _ => BadRequest,
        },
    };

    private sealed class Refusal((string Code, string Message) error) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, error.Code, error.Message);
    }
}
