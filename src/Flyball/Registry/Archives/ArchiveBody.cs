using System.Globalization;
using Flyball.Engine.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Flyball.Registry.Archives;

/// <summary>
/// Reads a bundle or an archive that is sent as a body. They are as large as models are, beyond what other routes take; memory is taken as bytes come in,
/// and not as they are announced.
/// </summary>
internal static class ArchiveBody
{
    /// <summary>The largest archive that is written, with room for the container around its members.</summary>
    public const long Largest = ArchiveFormat.LargestContent + (1L << 20);

    private const int Part = 1 << 20;

    /// <exception cref="FlyballException">FLY4013: it is larger than the largest that is written.</exception>
    public static async Task<byte[]> ReadAsync(HttpContext context, CancellationToken cancellation)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            // One more than is taken, so that the refusal is ours and says the limit.
            limit.MaxRequestBodySize = Largest + 1;
        }

        if (context.Request.ContentLength > Largest)
        {
            throw TooLarge();
        }

        var parts = new List<byte[]>();
        long total = 0;
        while (true)
        {
            var part = new byte[Part];
            var read = await context.Request.Body.ReadAtLeastAsync(part, Part, throwOnEndOfStream: false, cancellation);
            total += read;
            if (total > Largest)
            {
                throw TooLarge();
            }

            parts.Add(read == Part ? part : part[..read]);
            if (read < Part)
            {
                return Joined(parts, total);
            }
        }
    }

    private static byte[] Joined(List<byte[]> parts, long total)
    {
        var (whole, at) = (new byte[total], 0);
        for (var i = 0; i < parts.Count; i++)
        {
            parts[i].CopyTo(whole, at);
            at += parts[i].Length;

            // Each part is let go once it is copied: not everything is held twice.
            parts[i] = [];
        }

        return whole;
    }

    private static FlyballException TooLarge() => new(new Problem(
        "FLY4013", string.Create(CultureInfo.InvariantCulture, $"The body is larger than {Largest >> 20} MiB, which is what an archive or bundle has at most."), Remedy: "Make the model smaller."));
}
