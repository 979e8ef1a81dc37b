using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Server.Operations;
using Flyball.Serving;
using Flyball.Workspaces;

namespace Flyball.Server.Protocols.OpenInference;

/// <summary>
/// The routes of the Open Inference Protocol, version 2, over HTTP, with the extensions for raw tensors and the repository's index. They translate: a model's
/// inputs are the fields of its request contract, its versions those of the traffic plan.
/// </summary>
internal static class InferenceEndpoints
{
    private const string Tag = "open-inference";

    public static IServiceCollection AddInference(this IServiceCollection services) => services.AddSingleton<InferenceDesk>();

    public static IEndpointRouteBuilder MapInference(this IEndpointRouteBuilder routes)
    {
        Map(routes, "GET", "/v2", Permission.Read, MetadataWriter.ServerAsync).WithName("InferenceServer").WithSummary("Name, version and extensions of the server");
        Map(routes, "GET", "/v2/health/live", Permission.Open, context => MetadataWriter.HealthAsync(context, isGood: true)).WithName("InferenceLive").WithSummary("Whether the server lives");
        Map(routes, "GET", "/v2/health/ready", Permission.Open, context => MetadataWriter.HealthAsync(context, IsReady(context))).WithName("InferenceReady").WithSummary("Whether all models can be asked");
        Map(routes, "POST", "/v2/repository/index", Permission.Read, IndexAsync).WithName("InferenceIndex").WithSummary("Models and the versions that can be asked for");
        Map(routes, "GET", "/v2/models/stats", Permission.Read, context => StatisticsWriter.WriteAsync(context, Desk(context).Statistics(null, null))).WithName("InferenceStatistics").WithSummary("What every version did since the start");
        foreach (var verb in (ReadOnlySpan<string>)["load", "unload"])
        {
            Map(routes, "POST", "/v2/repository/models/{model}/" + verb, Permission.Operate, _ => throw InferenceRefusals.LoadsNothing()).ExcludeFromDescription();
        }

        foreach (var (of, name) in (ReadOnlySpan<(string, string)>)[("/v2/models/{model}", "InferenceModel"), ("/v2/models/{model}/versions/{version}", "InferenceVersion")])
        {
            Map(routes, "GET", of, Permission.Read, context => MetadataWriter.ModelAsync(context, Desk(context), Find(context))).WithName(name).WithSummary("Inputs and outputs as tensors");
            Map(routes, "GET", of + "/ready", Permission.Read, context => MetadataWriter.ReadyAsync(context, Find(context, (desk, model, version) => desk.FindReady(model, version)))).WithName(name + "Ready").WithSummary("Whether it answers");
            Map(routes, "GET", of + "/config", Permission.Read, ConfigureAsync).WithName(name + "Configuration").WithSummary("Inputs, outputs and the most rows of a request");
            Map(routes, "GET", of + "/stats", Permission.Read, StatisticsAsync).WithName(name + "Statistics").WithSummary("What it did since the start");
            Map(routes, "POST", of + "/infer", Permission.Predict, InferAsync).WithName(name + "Infer").WithSummary("Predictions for tensors, in JSON or raw");
        }

        Map(routes, null, "/v2/{**rest}", Permission.Read, _ => throw new FlyballException(new Problem("FLY4004", "There is no such route in this protocol."))).ExcludeFromDescription();
        return routes;
    }

    /// <summary>Ready while predictions that have to be logged can be.</summary>
    public static bool IsReady(HttpContext context) => context.RequestServices.GetRequiredService<Workspace>().Events.Health.IsGood
        && context.RequestServices.GetService<Draining>() is not { IsOn: true };

    /// <summary>Tells refusals in the protocol's form. A defect goes on to where defects are logged.</summary>
    public static async Task GuardAsync(HttpContext context, Func<HttpContext, Task> handle)
    {
        try
        {
            await handle(context);
        }
        catch (FlyballException e) when (!context.Response.HasStarted)
        {
            context.Response.Clear();
            await InferenceErrors.WriteAsync(context, InferenceErrors.StatusOf(e.Problem), InferenceErrors.MessageOf(e));
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            context.Response.Clear();
            await InferenceErrors.WriteAsync(context, e.StatusCode, e.Message);
        }
        catch (IOException e) when (!context.Response.HasStarted && UnhandledProblems.IsMisframed(e))
        {
            context.Response.Clear();
            await InferenceErrors.WriteAsync(context, StatusCodes.Status400BadRequest, UnhandledProblems.Misframed.Message);
        }
    }

    private static IEndpointConventionBuilder Map(IEndpointRouteBuilder routes, string? method, string pattern, Permission permission, Func<HttpContext, Task> handle)
    {
        Task GuardedAsync(HttpContext context) => GuardAsync(context, handle);
        var endpoint = method is null ? routes.Map(pattern, GuardedAsync) : routes.MapMethods(pattern, [method], (Delegate)GuardedAsync);
        return endpoint.RequirePermission(permission).WithMetadata(new RefusalMetadata(InferenceErrors.Result)).WithTags(Tag);
    }

    private static InferenceDesk Desk(HttpContext context) => context.RequestServices.GetRequiredService<InferenceDesk>();

    private static TrafficPlan Find(HttpContext context) => Find(context, (desk, model, version) => desk.Find(model, version));

    private static TrafficPlan Find(HttpContext context, Func<InferenceDesk, string, string?, TrafficPlan> how)
    {
        var plan = how(Desk(context), (string)context.Request.RouteValues["model"]!, (string?)context.Request.RouteValues["version"]);
        DeprecationHeaders.Write(context, plan, plan.IsByName ? Desk(context).SuccessorOf(plan) : null);
        return plan;
    }

    private static Task ConfigureAsync(HttpContext context)
    {
        var plan = Find(context);
        return ConfigurationWriter.WriteAsync(context, ModelConfiguration.Of(plan.Model, InferenceModel.Of(plan), plan.Requests.Fills));
    }

    private static Task StatisticsAsync(HttpContext context) =>
        StatisticsWriter.WriteAsync(context, Desk(context).Statistics((string)context.Request.RouteValues["model"]!, (string?)context.Request.RouteValues["version"]));

    private static async Task IndexAsync(HttpContext context)
    {
        var ready = IndexRequest.IsReadyAlone(await InferenceBody.ReadAsync(context));
        await MetadataWriter.IndexAsync(context, Desk(context).Index.Where(v => v.IsReady || !ready));
    }

    private static async Task InferAsync(HttpContext context)
    {
        var started = context.RequestServices.GetRequiredService<TimeProvider>().GetTimestamp();
        if (Desk(context).RefusesUnread(Find(context), PredictionRoute.InferenceHttp, context.Request.ContentLength) is { } overload)
        {
            await InferenceErrors.WriteAsync(context, InferenceErrors.StatusOf(overload), InferenceErrors.MessageOf(overload));
            return;
        }

        var body = await InferenceBody.ReadAsync(context);

        // A body may come slowly: what answers is what is in force when all of it is there.
        var plan = Find(context);
        var request = InferenceBody.LengthOfJson(context.Request, body.Length) switch
        {
            null => JsonRequest.Read(body, default),
            0 => RawRequest.Read(InferenceModel.Of(plan), body),
            { } length => JsonRequest.Read(body[..length], body[length..]),
        };
        var timeout = RequestTimeout.Shorter(request.TimeoutMicros, RequestTimeout.Read(context.Request));
        var terms = new PredictionTerms(RequestPurpose.Read(context, PredictionRoute.InferenceHttp), started, context.Caller().Name, timeout, Bytes: body.Length);
        await AnswerWriter.WriteAsync(context, await Desk(context).AnswerAsync(plan, request, terms, context.RequestAborted), request);
    }
}
