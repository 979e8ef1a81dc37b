using System.Buffers;
using System.IO.Compression;
using Microsoft.Net.Http.Headers;

namespace Flyball.Server.Protocols.OpenInference;

/// <summary>
/// Bodies that are packed on the way: <c>gzip</c> and <c>deflate</c>, which is zlib's form. What comes out of a packed body has the bound that a plain one has, so that
/// a small one cannot become a large one here.
/// </summary>
internal static class PackedBodies
{
    public const string Gzip = "gzip";
    public const string Deflate = "deflate";

    /// <summary>A shorter answer is sent as it is: packed it would hardly be shorter.</summary>
    public const int Shortest = 1024;

    private const int ChunkSize = 16 << 10;

    /// <summary>Whether it is a form that is taken.</summary>
    public static bool IsTaken(string encoding) => Is(encoding, Gzip) || Is(encoding, Deflate);

    /// <param name="encoding">One that <see cref="IsTaken"/>.</param>
    /// <param name="most">Bytes that may come out.</param>
    /// <exception cref="Engine.Problems.FlyballException">FLY4013: more comes out. FLY5072: it is not of that form.</exception>
    public static ReadOnlyMemory<byte> Unpack(ReadOnlyMemory<byte> body, string encoding, int most)
    {
        var into = new ArrayBufferWriter<byte>(Math.Min(most, Math.Max(ChunkSize, body.Length * 4)));
        try
        {
            using var packed = new MemoryStream(body.ToArray(), writable: false);
            using Stream unpacking = Is(encoding, Gzip) ? new GZipStream(packed, CompressionMode.Decompress) : new ZLibStream(packed, CompressionMode.Decompress);
            while (unpacking.Read(into.GetSpan(ChunkSize)) is > 0 and var read)
            {
                into.Advance(read);
                if (into.WrittenCount > most)
                {
                    throw InferenceRefusals.TooLarge();
                }
            }
        }
        catch (InvalidDataException e)
        {
            throw new Engine.Problems.FlyballException(InferenceRefusals.NotPacked(encoding).Problem, e);
        }

        // A stream of nothing is no body that somebody packed.
        return into.WrittenCount > 0 ? into.WrittenMemory : throw InferenceRefusals.NotPacked(encoding);
    }

    /// <summary>The form that a caller would rather have; null for none that is made here.</summary>
    public static string? Asked(HttpRequest request)
    {
        string? best = null;
        var quality = 0.0;
        var accepted = request.Headers.AcceptEncoding;
        if (accepted.Count == 0 || !StringWithQualityHeaderValue.TryParseList(accepted, out var stated))
        {
            return null;
        }

        foreach (var one in stated)
        {
            if (one.Value.Value is { } name && IsTaken(name) && (one.Quality ?? 1) > quality)
            {
                (best, quality) = (Is(name, Gzip) ? Gzip : Deflate, one.Quality ?? 1);
            }
        }

        return best;
    }

    public static byte[] Pack(string encoding, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        using var into = new MemoryStream();
        using (Stream packing = encoding == Gzip ? new GZipStream(into, CompressionLevel.Fastest, leaveOpen: true) : new ZLibStream(into, CompressionLevel.Fastest, leaveOpen: true))
        {
            packing.Write(first);
            packing.Write(second);
        }

        return into.ToArray();
    }

    private static bool Is(string encoding, string name) => encoding.Equals(name, StringComparison.OrdinalIgnoreCase);
}
