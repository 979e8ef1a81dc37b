using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Flyball.Serving.Backends;

/// <summary>
/// One row to a server of the Open Inference Protocol and one score back.
/// <list type="number">
/// <item>The row is one tensor FP32 [1, features]. JSON has no NaN, so a row with a missing value goes in the protocol's binary extension.</item>
/// <item>The answer's tensor must be of floats and have exactly one value.</item>
/// </list>
/// </summary>
internal static class RemoteExchange
{
    private const string JsonLengthHeader = "Inference-Header-Content-Length";
    private const int Deepest = 8;

    public static HttpRequestMessage Request(RemoteTerms terms, ReadOnlySpan<float> input, TimeSpan within)
    {
        var isBinary = input.ContainsAnyExceptInRange(float.MinValue, float.MaxValue);
        var json = Json(terms, input, isBinary);
        var body = json;
        if (isBinary)
        {
            body = new byte[json.Length + (input.Length * sizeof(float))];
            json.CopyTo(body, 0);
            for (var i = 0; i < input.Length; i++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(body.AsSpan(json.Length + (i * sizeof(float))), input[i]);
            }
        }

        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(isBinary ? "application/octet-stream" : "application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, terms.Target) { Content = content };
        if (isBinary)
        {
            request.Headers.Add(JsonLengthHeader, json.Length.ToString(CultureInfo.InvariantCulture));
        }

        // Rounded up, for no time at all is no limit to speak of.
        request.Headers.Add(PredictEndpoint.TimeoutHeader, ((long)Math.Ceiling(within.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture));
        return request;
    }

    /// <param name="body">As the server sent it.</param>
    /// <param name="output">Name of the tensor; null when there is only one.</param>
    /// <exception cref="RemoteModelException">It does not hold one score.</exception>
    public static double Score(ReadOnlyMemory<byte> body, string? output)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 32 });
            List<JsonElement> found = [.. document.RootElement.GetProperty("outputs").EnumerateArray().Where(o => output is null || o.GetProperty("name").GetString() == output)];
            if (found is not [var tensor] || tensor.GetProperty("datatype").GetString() is not ("FP32" or "FP64") || tensor.GetProperty("shape").EnumerateArray().Any(d => d.GetInt64() != 1))
            {
                throw new RemoteModelException(RemoteModelException.Malformed);
            }

            return One(tensor.GetProperty("data"), 0);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new RemoteModelException(RemoteModelException.Malformed);
        }
    }

    /// <summary>The one number in lists of one.</summary>
    private static double One(JsonElement data, int depth) =>
        data.ValueKind == JsonValueKind.Number ? data.GetDouble()
        : data.ValueKind == JsonValueKind.Array && data.GetArrayLength() == 1 && depth < Deepest ? One(data[0], depth + 1)
        : throw new RemoteModelException(RemoteModelException.Malformed);

    private static byte[] Json(RemoteTerms terms, ReadOnlySpan<float> input, bool isBinary)
    {
        var buffer = new ArrayBufferWriter<byte>(256 + (input.Length * 12));
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("inputs");
            writer.WriteStartObject();
            writer.WriteString("name", terms.Input);
            writer.WriteStartArray("shape");
            writer.WriteNumberValue(1);
            writer.WriteNumberValue(input.Length);
            writer.WriteEndArray();
            writer.WriteString("datatype", "FP32");
            WriteValues(writer, input, isBinary);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteValues(Utf8JsonWriter writer, ReadOnlySpan<float> input, bool isBinary)
    {
        if (isBinary)
        {
            writer.WriteStartObject("parameters");
            writer.WriteNumber("binary_data_size", input.Length * sizeof(float));
            writer.WriteEndObject();
            return;
        }

        writer.WriteStartArray("data");
        foreach (var value in input)
        {
            writer.WriteNumberValue(value);
        }

        writer.WriteEndArray();
    }
}
