using Flyball.Access;
using Flyball.Engine.Problems;
using Microsoft.AspNetCore.Http;

namespace Flyball.Serving;

/// <summary>
/// Why somebody asks for predictions. A trial of the server is answered like any request and logged as <see cref="PredictionRoute.Test"/>: it counts for no
/// rollout, check, label or retirement. Whoever may mark requests so could hide real ones: it needs <see cref="Permission.Operate"/>.
/// </summary>
public static class RequestPurpose
{
    /// <summary>Says <c>test</c>, or is not there.</summary>
    public const string Header = "X-Flyball-Purpose";

    private const string Test = "test";

    /// <summary>The way to log a request by.</summary>
    /// <param name="context">The request.</param>
    /// <param name="way">The way it came.</param>
    /// <param name="route">Its way, or that it is a test.</param>
    /// <returns>FLY3930: the header says something else. FLY3931: the caller may not say so. Null when it is good.</returns>
    public static Problem? TryRead(HttpContext context, PredictionRoute way, out PredictionRoute route)
    {
        ArgumentNullException.ThrowIfNull(context);
        route = way;
        var header = context.Request.Headers[Header];
        if (header.Count == 0)
        {
            return null;
        }

        if (header is not [Test])
        {
            return new Problem("FLY3930", $"{Header} says what is not known.", new ProblemLocation(Field: Header), "Send test, or leave it out.");
        }

        if (!context.Caller().May(Permission.Operate))
        {
            return new Problem("FLY3931", $"{context.Caller().Name} may not mark requests as tests: it needs the permission {nameof(Permission.Operate)}.", new ProblemLocation(Field: Header), "Leave the header out, or use a key that may operate.");
        }

        route = PredictionRoute.Test;
        return null;
    }

    /// <summary>What a route says that answers later: by then nobody would know why it was asked. Null when the header is not there.</summary>
    internal static Problem? NotTaken(HttpContext context) => context.Request.Headers[Header].Count == 0
        ? null
        : new Problem("FLY3930", $"{Header} is not taken with requests that are answered later.", new ProblemLocation(Field: Header), "Try the server with predict, and leave mode=async out.");

    /// <summary><see cref="TryRead"/> for protocols whose refusals are thrown.</summary>
    /// <exception cref="FlyballException">FLY3930, FLY3931.</exception>
    public static PredictionRoute Read(HttpContext context, PredictionRoute way) =>
        TryRead(context, way, out var route) is { } problem ? throw new FlyballException(problem) : route;
}
