using Microsoft.Net.Http.Headers;

namespace Flyball.Problems;

/// <summary>Which content types are JSON to us: <c>application/json</c>, in UTF-8.</summary>
public static class JsonMediaType
{
    private const string Json = "application/json";

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
