using System.Globalization;

namespace Flyball.Server.Protocols.InferenceGrpc;

/// <summary>Reads <c>grpc-timeout</c>: at most eight digits and a unit.</summary>
internal static class GrpcTimeout
{
    private const int MostDigits = 8;

    /// <returns>Microseconds, rounded up; null when the call states no limit.</returns>
    /// <exception cref="GrpcException">It is no time.</exception>
    public static long? Read(HttpRequest request)
    {
        var header = request.Headers["grpc-timeout"];
        if (header.Count == 0)
        {
            return null;
        }

        if (header is not [{ Length: >= 2 and <= MostDigits + 1 } text] || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            throw Wrong();
        }

        return text[^1] switch
        {
            'H' => count * 3_600_000_000,
            'M' => count * 60_000_000,
            'S' => count * 1_000_000,
            'm' => count * 1_000,
            'u' => count,
            'n' => (count + 999) / 1_000,
            _ => throw Wrong(),
        };
    }

    private static GrpcException Wrong() => new(GrpcStatus.InvalidArgument, "'grpc-timeout' is no time: at most eight digits, and H, M, S, m, u or n.");
}
