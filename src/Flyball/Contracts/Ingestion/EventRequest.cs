using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Flyball.Contracts.Ingestion;

/// <summary>A request for the gate, read within its bounds.</summary>
/// <param name="Body">The whole body, unpacked.</param>
/// <param name="IsLines">One row a line, rather than one JSON text.</param>
/// <param name="Key">The idempotency key, or null.</param>
/// <param name="Digest">Names source, form and body, when there is a key.</param>
/// <param name="Problem">Why the request is refused; nothing else counts then.</param>
internal readonly record struct EventRequest(ReadOnlyMemory<byte> Body, bool IsLines, string? Key, Digest Digest, Problem? Problem)
{
    public const string KeyHeader = "Idempotency-Key";

    private const int LongestKey = 255;
    private const int FirstBuffer = 16 << 10;

    public static async Task<EventRequest> ReadAsync(HttpRequest request, string source, ContractsOptions options, CancellationToken ct)
    {
        var isLines = false;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !IsOurs(type, out isLines))
        {
            return Refused("FLY4015", "Events come as application/json or application/x-ndjson.", "Set Content-Type.");
        }

        if (!PackedBody.TryReadEncoding(request, out var isPacked))
        {
            return Refused("FLY4015", "Content-Encoding is gzip, or none.", "Send the body as it is, or packed with gzip.");
        }

        var keys = request.Headers[KeyHeader];
        var key = keys.Count == 0 ? null : keys.ToString();
        if (keys.Count > 1 || key is { Length: 0 or > LongestKey } || (key is not null && key.Any(c => c is < '!' or > '~')))
        {
            return Refused("FLY3003", $"{KeyHeader} should be one value of 1 to {LongestKey} visible ASCII characters.", null);
        }

        ReadOnlyMemory<byte>? read;
        try
        {
            await using var content = isPacked ? PackedBody.Unpack(request.Body) : request.Body;
            read = request.ContentLength > options.MaxBodyBytes ? null : await ReadBodyAsync(content, options.MaxBodyBytes, isPacked ? null : request.ContentLength, ct);
        }
        catch (InvalidDataException) when (isPacked)
        {
            return new EventRequest(default, false, null, default, PackedBody.Broken);
        }

        if (read is not { } body)
        {
            return Refused("FLY4013", $"The body is larger than {options.MaxBodyBytes} bytes{(isPacked ? " when it is unpacked" : "")}.", "Send several requests. Nothing was stored.");
        }

        var digest = key is null ? default : Digest.Of($"{source}\n{(isLines ? "lines" : "json")}\n{Digest.Of(body.Span).Hex}");
        return new EventRequest(body, isLines, key, digest, null);
    }

    private static bool IsOurs(MediaTypeHeaderValue type, out bool isLines)
    {
        isLines = type.MediaType.Equals("application/x-ndjson", StringComparison.OrdinalIgnoreCase) || type.MediaType.Equals("application/jsonl", StringComparison.OrdinalIgnoreCase);
        return (isLines || type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The body, or null as soon as it passes the bound: the length that a client states is not believed.</summary>
    private static async Task<ReadOnlyMemory<byte>?> ReadBodyAsync(Stream stream, int most, long? stated, CancellationToken ct)
    {
        var buffer = new byte[(int)Math.Min(stated + 1 ?? FirstBuffer, most + 1L)];
        var length = 0;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), ct);
            length += read;
            if (length > most)
            {
                return null;
            }

            if (read == 0)
            {
                return buffer.AsMemory(0, length);
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, (int)Math.Min(buffer.Length * 2L, most + 1L));
            }
        }
    }

    private static EventRequest Refused(string code, string message, string? remedy) => new(default, false, null, default, new Problem(code, message, Remedy: remedy));
}
