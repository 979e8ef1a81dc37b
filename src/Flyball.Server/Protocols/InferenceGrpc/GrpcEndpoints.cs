using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Flyball.Server.Protocols.OpenInference;
using Flyball.Serving;

namespace Flyball.Server.Protocols.InferenceGrpc;

/// <summary>
/// The unary calls of <c>inference.GRPCInferenceService</c> over HTTP/2, framed by hand. They translate to what the routes over HTTP do; access keys come as
/// <c>authorization</c> metadata, which is a header.
/// </summary>
internal static class GrpcEndpoints
{
    private const string Service = "/inference.GRPCInferenceService/";

    public static IEndpointRouteBuilder MapInferenceGrpc(this IEndpointRouteBuilder routes)
    {
        Map(routes, "ServerLive", Permission.Open, (_, _) => ValueTask.FromResult(new WireWriter().Flag(1, true)));
        Map(routes, "ServerReady", Permission.Open, (context, _) => ValueTask.FromResult(new WireWriter().Flag(1, InferenceEndpoints.IsReady(context))));
        Map(routes, "ModelReady", Permission.Read, ModelReady);
        Map(routes, "ServerMetadata", Permission.Read, (_, _) => ValueTask.FromResult(
            new WireWriter().Text(1, MetadataWriter.ServerName).Text(2, MetadataWriter.ServerVersion).Texts(3, MetadataWriter.Extensions)));
        Map(routes, "ModelMetadata", Permission.Read, ModelMetadata);
        Map(routes, "ModelConfig", Permission.Read, ModelConfig);
        Map(routes, "ModelStatistics", Permission.Read, ModelStatistics);
        Map(routes, "RepositoryIndex", Permission.Read, RepositoryIndex);
        Map(routes, "RepositoryModelLoad", Permission.Operate, (_, _) => throw new GrpcException(GrpcStatus.Unimplemented, InferenceRefusals.LoadsNothing().Problem));
        Map(routes, "RepositoryModelUnload", Permission.Operate, (_, _) => throw new GrpcException(GrpcStatus.Unimplemented, InferenceRefusals.LoadsNothing().Problem));
        Map(routes, "ModelInfer", Permission.Predict, InferAsync);
        Map(routes, "{**method}", Permission.Read, (_, _) => throw new GrpcException(GrpcStatus.Unimplemented, "There is no such method here."));
        return routes;
    }

    private static void Map(IEndpointRouteBuilder routes, string method, Permission permission, Func<HttpContext, ReadOnlyMemory<byte>, ValueTask<WireWriter>> call)
    {
        routes.MapPost(Service + method, (Delegate)(Func<HttpContext, Task>)(context => GuardAsync(context, call)))
            .RequirePermission(permission).WithMetadata(new RefusalMetadata(GrpcAnswers.Result)).ExcludeFromDescription();
    }

    private static async Task GuardAsync(HttpContext context, Func<HttpContext, ReadOnlyMemory<byte>, ValueTask<WireWriter>> call)
    {
        if (!context.Response.SupportsTrailers())
        {
            await ProblemResults.From(new Problem("FLY3408", "gRPC comes over HTTP/2.", Remedy: "Call the address that --grpc-urls gave.")).ExecuteAsync(context);
            return;
        }

        try
        {
            if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) != true)
            {
                throw new GrpcException(GrpcStatus.InvalidArgument, "A call comes as application/grpc.");
            }

            var body = await InferenceBody.ReadBytesAsync(context, InferenceLimits.MostBytes + GrpcFrame.HeadSize);
            GrpcAnswers.Write(context, await call(context, GrpcFrame.Open(body, context.Request.Headers["grpc-encoding"])));
        }
        catch (FlyballException e) when (!context.Response.HasStarted)
        {
            await GrpcAnswers.RefuseAsync(context, GrpcAnswers.StatusOf(e), InferenceErrors.MessageOf(e));
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await GrpcAnswers.RefuseAsync(context, GrpcStatus.InvalidArgument, e.Message);
        }
    }

    private static InferenceDesk Desk(HttpContext context) => context.RequestServices.GetRequiredService<InferenceDesk>();

    /// <summary>The two texts that a question about a model has.</summary>
    private static (string Model, string Version) ReadName(ReadOnlyMemory<byte> message)
    {
        var (model, version) = ("", "");
        var reader = new WireReader(message);
        while (reader.Next())
        {
            if (reader.Field is 1 or 2)
            {
                (model, version) = reader.Field == 1 ? (reader.Text(), version) : (model, reader.Text());
            }
            else
            {
                reader.Skip();
            }
        }

        return (model, version);
    }

    private static ValueTask<WireWriter> ModelReady(HttpContext context, ReadOnlyMemory<byte> message)
    {
        var (model, version) = ReadName(message);
        Desk(context).FindReady(model, version);
        return ValueTask.FromResult(new WireWriter().Flag(1, true));
    }

    private static ValueTask<WireWriter> ModelMetadata(HttpContext context, ReadOnlyMemory<byte> message)
    {
        var (name, version) = ReadName(message);
        var plan = Desk(context).Find(name, version);
        DeprecationHeaders.Write(context, plan, plan.IsByName ? Desk(context).SuccessorOf(plan) : null);
        var model = InferenceModel.Of(plan);
        var answer = new WireWriter().Text(1, plan.Model).Texts(2, Desk(context).VersionsOf(plan)).Text(3, model.Platform);
        foreach (var input in model.Offered)
        {
            answer.Message(4, Tensor(input.Name, input.Type, [-1]));
        }

        foreach (var output in model.Outputs)
        {
            answer.Message(5, Tensor(output.Name, output.Type, output.Width is { } width ? [-1, width] : [-1]));
        }

        return ValueTask.FromResult(answer);
    }

    private static WireWriter Tensor(string name, TensorType type, long[] shape) => new WireWriter().Text(1, name).Text(2, TensorTypes.NameOf(type)).Wholes(3, shape);

    private static ValueTask<WireWriter> ModelConfig(HttpContext context, ReadOnlyMemory<byte> message)
    {
        var (name, version) = ReadName(message);
        var plan = Desk(context).Find(name, version);
        return ValueTask.FromResult(ConfigurationMessage.Of(ModelConfiguration.Of(plan.Model, InferenceModel.Of(plan), plan.Requests.Fills)));
    }

    private static ValueTask<WireWriter> ModelStatistics(HttpContext context, ReadOnlyMemory<byte> message)
    {
        var (name, version) = ReadName(message);
        return ValueTask.FromResult(StatisticsMessage.Of(Desk(context).Statistics(name, version)));
    }

    private static ValueTask<WireWriter> RepositoryIndex(HttpContext context, ReadOnlyMemory<byte> message)
    {
        var isReadyAlone = false;
        var reader = new WireReader(message);
        while (reader.Next())
        {
            if (reader.Field == 2)
            {
                isReadyAlone = reader.Flag();
            }
            else
            {
                reader.Skip();
            }
        }

        var answer = new WireWriter();
        foreach (var version in Desk(context).Index.Where(v => v.IsReady || !isReadyAlone))
        {
            answer.Message(1, new WireWriter().Text(1, version.Model).Text(2, version.Version).Text(3, version.State).Text(4, version.Reason));
        }

        return ValueTask.FromResult(answer);
    }

    private static async ValueTask<WireWriter> InferAsync(HttpContext context, ReadOnlyMemory<byte> message)
    {
        var started = context.RequestServices.GetRequiredService<TimeProvider>().GetTimestamp();
        var limit = GrpcTimeout.Read(context.Request);
        var (name, version) = ReadName(message);
        if (Desk(context).RefusesUnread(Desk(context).Find(name, version), PredictionRoute.InferenceGrpc, message.Length) is { } overload)
        {
            throw new FlyballException(overload);
        }

        var asked = InferMessage.Read(message);
        var plan = Desk(context).Find(asked.Model, asked.Version);
        DeprecationHeaders.Write(context, plan, plan.IsByName ? Desk(context).SuccessorOf(plan) : null);
        var own = asked.Request.TimeoutMicros;
        var terms = new PredictionTerms(RequestPurpose.Read(context, PredictionRoute.InferenceGrpc), started, context.Caller().Name, own is { } a && limit is { } b ? Math.Min(a, b) : own ?? limit, Bytes: message.Length);
        return InferAnswerMessage.Of(await Desk(context).AnswerAsync(plan, asked.Request, terms, context.RequestAborted), asked.IsRaw);
    }
}
