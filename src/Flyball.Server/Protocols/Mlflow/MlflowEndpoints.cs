using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Training.Tracking;

namespace Flyball.Server.Protocols.Mlflow;

/// <summary>
/// The routes that an MLflow client of version 2 or 3 calls. They translate: presence rules, error names and messages are the protocol's, everything
/// else is done by the stages.
/// </summary>
internal static class MlflowEndpoints
{
    /// <summary>The version of the protocol's server that these routes answer like.</summary>
    public const string Version = "3.5.0";

    private const string Tag = "mlflow";

    /// <summary>Programs call the first; the protocol's web pages call the second.</summary>
    private static readonly string[] Prefixes = ["/api/2.0", "/ajax-api/2.0"];

    public static IEndpointRouteBuilder MapMlflow(this IEndpointRouteBuilder routes)
    {
        foreach (var prefix in Prefixes)
        {
            MapCalls(routes, prefix);
            MapArtifacts(routes, prefix + "/mlflow-artifacts");
            foreach (var area in (string[])["mlflow", "mlflow-artifacts"])
            {
                Map(routes, [], $"{prefix}/{area}/{{**rest}}", Permission.Read, Unknown);
            }
        }

        Map(routes, ["GET"], "/get-artifact", Permission.Read, context => ArtifactProxy.OfRunAsync(context, Tracking(context)));
        Map(routes, ["GET"], "/model-versions/get-artifact", Permission.Read, VersionRoutes.FileAsync);
        Map(routes, ["GET"], "/ajax-api/2.0/mlflow/logged-models/{model_id}/artifacts/files", Permission.Read, context => ArtifactProxy.OfModelAsync(context, Tracking(context)));
        Map(routes, ["POST"], "/ajax-api/2.0/mlflow/upload-artifact", Permission.Build, context => ArtifactProxy.ForRunAsync(context, Tracking(context)));
        Map(routes, ["GET"], "/version", Permission.Read, context => context.Response.WriteAsync(Version, context.RequestAborted));
        foreach (var prefix in (string[])["/api/3.0/mlflow", "/ajax-api/3.0/mlflow"])
        {
            Map(routes, ["GET"], $"{prefix}/server-info", Permission.Read, ServerInfoAsync);
            Map(routes, [], $"{prefix}/{{**rest}}", Permission.Read, Unknown);
        }

        return routes;
    }

    private static void MapCalls(IEndpointRouteBuilder routes, string prefix)
    {
        foreach (var route in (IEnumerable<MlflowRoute>)[.. ExperimentRoutes.All, .. RunRoutes.All, .. MetricRoutes.All, .. LoggedModelRoutes.All, .. ArtifactListRoutes.All, .. RegisteredModelRoutes.All, .. VersionRoutes.All, .. WebhookRoutes.All])
        {
            var endpoint = Map(routes, [route.Method], $"{prefix}/mlflow{route.Path}", route.Permission, async context =>
            {
                var answer = await route.Handle(await MlflowCall.ReadAsync(context));
                await answer.WriteAsync(context);
            });
            if (prefix == Prefixes[0])
            {
                endpoint.WithSummary(route.Summary).WithTags(Tag);
            }
            else
            {
                endpoint.ExcludeFromDescription();
            }
        }
    }

    private static void MapArtifacts(IEndpointRouteBuilder routes, string prefix)
    {
        Map(routes, ["GET"], $"{prefix}/artifacts", Permission.Read, context => ArtifactProxy.ListAsync(context, Tracking(context)));
        Map(routes, ["GET"], $"{prefix}/artifacts/{{**path}}", Permission.Read, context => ArtifactProxy.GetAsync(context, Tracking(context)));
        Map(routes, ["PUT"], $"{prefix}/artifacts/{{**path}}", Permission.Build, context => ArtifactProxy.PutAsync(context, Tracking(context)));
        Map(routes, ["DELETE"], $"{prefix}/artifacts/{{**path}}", Permission.Build, context => ArtifactProxy.DeleteAsync(context, Tracking(context)));
        foreach (var step in (string[])["create", "complete", "abort"])
        {
            Map(routes, ["POST"], $"{prefix}/mpu/{step}/{{**path}}", Permission.Build, ArtifactProxy.NoPartsAsync);
        }
    }

    private static RouteHandlerBuilder Map(IEndpointRouteBuilder routes, string[] methods, string pattern, Permission permission, Func<HttpContext, Task> handle)
    {
        Task GuardedAsync(HttpContext context) => GuardAsync(context, handle);
        var endpoint = methods.Length == 0 ? routes.Map(pattern, (Delegate)GuardedAsync) : routes.MapMethods(pattern, methods, (Delegate)GuardedAsync);
        endpoint.RequirePermission(permission).WithMetadata(new RefusalMetadata(MlflowErrors.Result), new PasswordMetadata());
        if (methods.Length == 0)
        {
            endpoint.ExcludeFromDescription();
        }

        return endpoint;
    }

    /// <summary>Tells refusals in the protocol's form, and defects, which are logged.</summary>
    private static async Task GuardAsync(HttpContext context, Func<HttpContext, Task> handle)
    {
        try
        {
            await handle(context);
        }
        catch (MlflowException e) when (!context.Response.HasStarted)
        {
            await RefuseAsync(context, e.Code, e.Message);
        }
        catch (FlyballException e) when (!context.Response.HasStarted)
        {
            var (code, message) = MlflowErrors.Of(e.Problem);
            await RefuseAsync(context, code, message);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await RefuseAsync(context, MlflowErrors.InvalidParameter, e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException && !context.Response.HasStarted)
        {
            MlflowLog.Unexpected(context.RequestServices.GetRequiredService<ILogger<MlflowAnswer>>(), e, (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "no route");
            await RefuseAsync(context, MlflowErrors.Internal, "This is a defect of the program. Its log has the details.");
        }
    }

    private static Task RefuseAsync(HttpContext context, string code, string message)
    {
        context.Response.Clear();
        return MlflowErrors.WriteAsync(context, code, message);
    }

    private static Task Unknown(HttpContext context) => throw new MlflowException(MlflowErrors.NoEndpoint, "There is no such endpoint here.");

    private static Task ServerInfoAsync(HttpContext context)
    {
        var info = new MlflowAnswer(json =>
        {
            json.WriteString("store_type", "SqlStore");
            json.WriteBoolean("workspaces_enabled", false);
        });
        return info.WriteAsync(context);
    }

    private static TrackingStore Tracking(HttpContext context) => context.RequestServices.GetRequiredService<TrackingStore>();
}
