using Flyball.Engine.Problems;
using Microsoft.AspNetCore.Http;

namespace Flyball.Contracts.Ingestion;

/// <summary>A body that comes packed with gzip. Who reads it bounds what comes out: a small body can unpack to any size.</summary>
internal static class PackedBody
{
    public static Problem Broken { get; } = new("FLY3022", "The body is no whole gzip stream.", Remedy: "Pack it again and send all of it. Nothing was stored.");

    /// <summary>False for an encoding that is not taken.</summary>
    public static bool TryReadEncoding(HttpRequest request, out bool isPacked)
    {
        var encoding = request.Headers.ContentEncoding.ToString();
        isPacked = string.Equals(encoding, "gzip", StringComparison.OrdinalIgnoreCase);
        return isPacked || encoding.Length == 0 || string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Reading it throws <see cref="InvalidDataException"/> where the stream is cut short or damaged, or something else follows it.</summary>
    public static Stream Unpack(Stream body) => new UnpackedStream(body, leaveOpen: true);
}
