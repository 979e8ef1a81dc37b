using System.Net;

namespace Flyball.EndToEnd.Tests.BadInput;

/// <summary>A body whose length is not stated.</summary>
internal sealed class ChunkedContent(byte[] body) : HttpContent
{
    private const int Chunk = 64 << 10;

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        for (var at = 0; at < body.Length; at += Chunk)
        {
            await stream.WriteAsync(body.AsMemory(at, Math.Min(Chunk, body.Length - at)));
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
