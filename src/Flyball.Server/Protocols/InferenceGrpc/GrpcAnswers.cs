using System.Globalization;
using System.Text;
using Flyball.Engine.Problems;
using Flyball.Problems;
using Flyball.Server.Protocols.OpenInference;

namespace Flyball.Server.Protocols.InferenceGrpc;

/// <summary>Ends calls: with a message, or with a status and what was wrong.</summary>
internal static class GrpcAnswers
{
    private const string ContentType = "application/grpc";

    /// <summary>Ends a call with its message. Nothing is flushed here: headers, message and trailers leave together when the call returns, and wake the connection once.</summary>
    public static void Write(HttpContext context, WireWriter answer)
    {
        context.Response.ContentType = ContentType;
        GrpcFrame.Write(answer.Written.Span, context.Response.BodyWriter);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    public static async Task RefuseAsync(HttpContext context, GrpcStatus status, string message)
    {
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = ContentType;

        // Headers first: then the status goes behind them, where every client looks for it.
        await context.Response.StartAsync(context.RequestAborted);
        context.Response.AppendTrailer("grpc-status", ((int)status).ToString(CultureInfo.InvariantCulture));
        context.Response.AppendTrailer("grpc-message", Encoded(message));
        if (status == GrpcStatus.Unavailable)
        {
            // What Retry-After is elsewhere, in milliseconds (gRFC A6).
            context.Response.AppendTrailer("grpc-retry-pushback-ms", "1000");
        }
    }

    public static GrpcStatus StatusOf(FlyballException refusal) => refusal is GrpcException own ? own.Status : StatusOf(refusal.Problem);

    /// <summary>How a refusal before the handler is written on these routes.</summary>
    public static IResult Result(Problem problem) => new Refusal(problem);

    private static GrpcStatus StatusOf(Problem problem) => ProblemTable.StatusOf(problem.Code) switch
    {
        401 => GrpcStatus.Unauthenticated,
        403 => GrpcStatus.PermissionDenied,
        404 => GrpcStatus.NotFound,
        413 => GrpcStatus.ResourceExhausted,
        503 or 507 => GrpcStatus.Unavailable,
        504 => GrpcStatus.DeadlineExceeded,
        >= 500 => GrpcStatus.Internal,
        _ => GrpcStatus.InvalidArgument,
    };

    /// <summary>Percent-encoded UTF-8 outside of what may stand in a header.</summary>
    private static string Encoded(string message)
    {
        var text = new StringBuilder(message.Length);
        foreach (var one in Encoding.UTF8.GetBytes(message))
        {
            if (one is >= 0x20 and < 0x7F and not (byte)'%')
            {
                text.Append((char)one);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"%{one:X2}");
            }
        }

        return text.ToString();
    }

    private sealed class Refusal(Problem problem) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) =>
            httpContext.Response.SupportsTrailers()
                ? RefuseAsync(httpContext, StatusOf(problem), InferenceErrors.MessageOf(problem))
                : ProblemResults.From(problem).ExecuteAsync(httpContext);
    }
}
