using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Flyball.Server.Hosting;

/// <summary>What one caller may ask of the server at most; docs/reference/http.md states them. Routes have smaller ones of their own, and imports and artifacts none for their bodies.</summary>
internal static class ServerLimits
{
    /// <summary>Connections at once.</summary>
    public const int Connections = 4096;

    /// <summary>Bytes of a body, where the route says nothing else.</summary>
    private const long Body = 64 << 20;

    /// <summary>Bytes of method, path and query.</summary>
    private const int RequestLine = 8 << 10;

    /// <summary>Bytes of all headers together.</summary>
    private const int Headers = 32 << 10;

    private const int HeaderCount = 100;

    private static readonly TimeSpan HeadersWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan IdleFor = TimeSpan.FromSeconds(130);

    public static void Apply(KestrelServerLimits limits, int connections)
    {
        limits.MaxConcurrentConnections = connections;
        limits.MaxRequestBodySize = Body;
        limits.MaxRequestLineSize = RequestLine;
        limits.MaxRequestHeadersTotalSize = Headers;
        limits.MaxRequestHeaderCount = HeaderCount;
        limits.RequestHeadersTimeout = HeadersWithin;
        limits.KeepAliveTimeout = IdleFor;
    }
}
