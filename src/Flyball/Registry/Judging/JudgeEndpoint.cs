using Flyball.Access;
using Flyball.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Flyball.Registry.Judging;

/// <summary><c>POST /v1/models/{model}/versions/{version}/judge</c>: a version of files becomes one that may be approved and promoted.</summary>
internal static class JudgeEndpoint
{
    public static void MapJudge(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/models/{model}/versions/{version:int}/judge", JudgeAsync).RequirePermission(Permission.Build)
            .WithName("JudgeVersion").WithSummary("Judge a version that was made elsewhere as if it was trained here").WithTags("registry");

    private static async Task<IResult> JudgeAsync(string model, int version, bool? progress, HttpContext context, OutsideJudge judge, CancellationToken cancellation) => progress == true
        ? await ProgressLines.AnswerAsync(context.Response, "run", async tell => TrainEndpoint.Required(await judge.JudgeAsync(model, version, context.Caller(), tell, cancellation)), cancellation)
        : TrainEndpoint.Answer(await judge.JudgeAsync(model, version, context.Caller(), null, cancellation));
}
