using System.Globalization;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Flyball.Server.Hosting;

/// <summary>What one caller may ask of the server at most; docs/reference/http.md states them. Routes have smaller ones of their own, and imports and artifacts none for their bodies.</summary>
internal static class ServerLimits
{
    private const int MostConnections = 12_288;

    /// <summary>Connections at once: thousands that say nothing must leave room for those that do. Each is a file, and the logs need some too.</summary>
    public static int Connections { get; } = (int)Math.Min(MostConnections, OpenFiles() * 3 / 4);

    /// <summary>Bytes of a body, where the route says nothing else.</summary>
    private const long Body = 64 << 20;

    /// <summary>Bytes of method, path and query.</summary>
    private const int RequestLine = 8 << 10;

    /// <summary>Bytes of all headers together.</summary>
    private const int Headers = 32 << 10;

    private const int HeaderCount = 100;

    private static readonly TimeSpan HeadersWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan IdleFor = TimeSpan.FromSeconds(130);

    /// <summary>How many files this process may have open; the runtime has raised it to the most there may be.</summary>
    private static long OpenFiles()
    {
        const string Name = "Max open files";
        try
        {
            var line = OperatingSystem.IsLinux() ? File.ReadLines("/proc/self/limits").FirstOrDefault(l => l.StartsWith(Name, StringComparison.Ordinal)) : null;
            return line is not null && long.TryParse(line[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], NumberStyles.None, CultureInfo.InvariantCulture, out var files) ? files : MostConnections;
        }
        catch (IOException)
        {
            return MostConnections;
        }
    }

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
