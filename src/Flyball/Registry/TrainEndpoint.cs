using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Flyball.Training;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Flyball.Registry;

/// <summary><c>POST /v1/models/{model}/train</c>: a run, and the version that came out of it.</summary>
internal static class TrainEndpoint
{
    public static IEndpointRouteBuilder MapTrain(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/models/{model}/train", TrainAsync).RequirePermission(Permission.Build)
            .WithName("TrainModel").WithSummary("Train a model and register the version").WithTags("runs");
        routes.MapPost("/v1/models/{model}/versions/{version:int}/rejudge", RejudgeAsync).RequirePermission(Permission.Build)
            .WithName("RejudgeVersion").WithSummary("Judge a version again, beside the present champion").WithTags("models");
        return routes;
    }

    /// <summary>The run's document with the version that came out of it.</summary>
    public static IResult Answer(Submission submission) =>
        submission.Outcome.Ok ? Results.Json(Document(submission)) : ProblemResults.From(submission.Outcome.Problems);

    private static async Task<IResult> TrainAsync(
        string model, bool? progress, RequestBody<TrainingChoice> choice, HttpContext context, Submissions submissions, CancellationToken cancellation)
    {
        var asked = new TrainingAsked(model, choice.Given?.PermuteLabels, choice.Given?.Source?.Checked());
        return progress == true
            ? await ProgressLines.AnswerAsync(context.Response, "run", async tell => Required(await submissions.TrainAsync(asked, context.Caller(), tell, cancellation)), cancellation)
            : Answer(await submissions.TrainAsync(asked, context.Caller(), null, cancellation));
    }

    private static async Task<IResult> RejudgeAsync(
        string model, int version, bool? progress, RequestBody<Why> why, HttpContext context, Submissions submissions, CancellationToken cancellation)
    {
        Task<Submission> Again(Action<string>? tell) => submissions.RejudgeAsync(model, version, why.Given?.Reason, context.Caller(), tell, cancellation);
        return progress == true
            ? await ProgressLines.AnswerAsync(context.Response, "run", async tell => Required(await Again(tell)), cancellation)
            : Answer(await Again(null));
    }

    /// <summary>The same as JSON, or the first problem.</summary>
    public static JsonObject Required(Submission submission) =>
        submission.Outcome.Ok ? Document(submission) : throw new FlyballException(submission.Outcome.Problems[0]);

    private static JsonObject Document(Submission submission)
    {
        var version = submission.Outcome.Version!;
        var document = RunEndpoints.Document(submission.Run);
        document["metrics"] = document["result"]?["metrics"]?.DeepClone();
        document["cached"] = submission.Cached;
        document["model_version"] = version.Version;
        document["state"] = version.State;
        document["digest"] = version.Digest.Hex;
        document["gates"] = JsonSerializer.SerializeToNode(version.Gates, RegistryJson.Options);
        return document;
    }

    /// <summary>Body of a judgement.</summary>
    private sealed record Why(string? Reason = null);
}
