using Flyball.Engine.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Flyball.Problems;

/// <summary>Which content types are JSON to us: <c>application/json</c>, in UTF-8.</summary>
public static class JsonMediaType
{
    private const string Json = "application/json";

    /// <summary>Why a request's body is not taken as JSON; null when it is. A packed one is none: what it unpacks to would have no bound.</summary>
    public static Problem? Refusal(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return !Is(request.ContentType) ? new Problem("FLY4015", "Requests come as application/json.", Remedy: "Set Content-Type.")
            : request.Headers.ContentEncoding is { Count: > 0 } packed && packed != "identity" ? new Problem("FLY4015", "Packed bodies are not taken here.", Remedy: "Leave Content-Encoding out, and send the body as it is.")
            : null;
    }

    /// <summary>True for a header that states JSON. A header that is missing states nothing.</summary>
    public static bool Is(string? contentType)
    {
        if (contentType is null or Json)
        {
            return contentType is not null;
        }

        return MediaTypeHeaderValue.TryParse(contentType, out var type)
            && type.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase)
            && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
    }
}
