using System.Globalization;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Microsoft.AspNetCore.Http;

namespace Flyball.Serving;

/// <summary>Reads a caller's own time limit.</summary>
public static class RequestTimeout
{
    /// <summary>An hour: what is longer is a mistake in the unit.</summary>
    private const long Longest = 3_600_000_000;

    /// <param name="request">With the header, or without it.</param>
    /// <param name="micros">The limit in microseconds; null when the request states none.</param>
    /// <param name="problem">FLY3003: the header is no limit.</param>
    /// <returns>False when it is no limit.</returns>
    public static bool TryRead(HttpRequest request, out long? micros, out Problem? problem)
    {
        ArgumentNullException.ThrowIfNull(request);
        (micros, problem) = (null, null);
        var header = request.Headers[PredictEndpoint.TimeoutHeader];
        if (header.Count == 0)
        {
            return true;
        }

        if (header is [{ } text] && (DurationText.TryParse(text, out var limit) || TryMilliseconds(text, out limit)) && limit is > 0 and <= Longest)
        {
            micros = limit;
            return true;
        }

        problem = new Problem(
            "FLY3003", $"{PredictEndpoint.TimeoutHeader} is no duration between nothing and an hour.", new ProblemLocation(Field: PredictEndpoint.TimeoutHeader), "Send a duration such as 50ms, or a number of milliseconds.");
        return false;
    }

    /// <summary><see cref="TryRead"/> for protocols whose refusals are thrown.</summary>
    /// <returns>Microseconds; null when the request states none.</returns>
    /// <exception cref="FlyballException">FLY3003: the header is no limit.</exception>
    public static long? Read(HttpRequest request) => TryRead(request, out var micros, out var problem) ? micros : throw new FlyballException(problem!);

    /// <summary>The shorter of two limits in microseconds; null is none.</summary>
    public static long? Shorter(long? one, long? other) => one is { } a && other is { } b ? Math.Min(a, b) : one ?? other;

    private static bool TryMilliseconds(string text, out long micros)
    {
        micros = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds <= Longest / 1000 ? milliseconds * 1000 : 0;
        return micros > 0;
    }
}
