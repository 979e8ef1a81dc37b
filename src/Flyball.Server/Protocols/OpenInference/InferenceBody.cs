using System.Buffers;
using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace Flyball.Server.Protocols.OpenInference;

/// <summary>The body of a request over HTTP: JSON, and behind it raw tensors when a header says where they begin.</summary>
internal static class InferenceBody
{
    public const string HeaderLength = "Inference-Header-Content-Length";

    private static readonly string[] Types = ["application/json", "application/octet-stream", "application/vnd.sagemaker-triton.binary+json"];

    /// <summary>The whole body, copied, and unpacked when it came packed.</summary>
    /// <exception cref="Engine.Problems.FlyballException">FLY4013: too large, as it came or unpacked. FLY4015: said to be something else, or packed in a form that is not taken. FLY5072: it is not packed.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpContext context)
    {
        CheckType(context.Request);
        var body = await ReadBytesAsync(context, InferenceLimits.MostBytes);
        return PackingOf(context.Request) is { } encoding ? PackedBodies.Unpack(body, encoding, InferenceLimits.MostBytes) : body;
    }

    /// <summary>At most so many bytes of body.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadBytesAsync(HttpContext context, int most)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (read.Buffer.Length > most || context.Request.ContentLength > most)
            {
                reader.AdvanceTo(read.Buffer.End);
                throw InferenceRefusals.TooLarge();
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>The length of the JSON; null when all of the body is.</summary>
    /// <exception cref="Engine.Problems.FlyballException">FLY3401: it is no length, or longer than the body.</exception>
    public static int? LengthOfJson(HttpRequest request, int body)
    {
        var header = request.Headers[HeaderLength];
        if (header.Count == 0)
        {
            return null;
        }

        if (header is not [{ } text] || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            throw InferenceRefusals.Framing($"{HeaderLength} is no length.");
        }

        return length <= body ? length : throw InferenceRefusals.Framing(FormattableString.Invariant($"{HeaderLength} is {length}, and the body has {body} bytes."));
    }

    /// <summary>How the body is packed; null when it is not.</summary>
    private static string? PackingOf(HttpRequest request) => request.Headers.ContentEncoding is { Count: > 0 } packed && packed != "identity" ? packed.ToString() : null;

    /// <summary>The protocol's clients state no type for JSON; a form of a page is none of theirs.</summary>
    private static void CheckType(HttpRequest request)
    {
        if (PackingOf(request) is { } encoding && !PackedBodies.IsTaken(encoding))
        {
            throw InferenceRefusals.ContentType("Packed bodies are taken as gzip or deflate.");
        }

        if (request.ContentType is { } stated && !(MediaTypeHeaderValue.TryParse(stated, out var type) && Types.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase)))
        {
            throw InferenceRefusals.ContentType("Requests come as application/json, or with raw tensors as application/octet-stream.");
        }
    }
}
