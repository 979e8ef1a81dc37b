using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Flyball.Serving.Backends;

/// <summary>
/// Rows to a server of the Open Inference Protocol and a score of each back.
/// <list type="number">
/// <item>The rows are one tensor FP32 [rows, features]. JSON has no NaN, so rows with a missing value go in the protocol's binary extension.</item>
/// <item>The answer's tensor must be of floats and have exactly one value a row.</item>
/// </list>
/// </summary>
internal static class RemoteExchange
{
    private const string JsonLengthHeader = "Inference-Header-Content-Length";
    private const int Deepest = 8;

    /// <param name="terms">Where to.</param>
    /// <param name="input">Row after row.</param>
    /// <param name="rows">How many.</param>
    /// <param name="within">What is left of the time.</param>
    public static HttpRequestMessage Request(RemoteTerms terms, ReadOnlySpan<float> input, int rows, TimeSpan within)
    {
        var isBinary = input.ContainsAnyExceptInRange(float.MinValue, float.MaxValue);
        var json = Json(terms, input, rows, isBinary);
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
    /// <param name="scores">One a row, to be filled.</param>
    /// <exception cref="RemoteModelException">It does not hold one score a row.</exception>
    public static void Scores(ReadOnlyMemory<byte> body, string? output, Span<double> scores)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 32 });
            List<JsonElement> found = [.. document.RootElement.GetProperty("outputs").EnumerateArray().Where(o => output is null || o.GetProperty("name").GetString() == output)];
            if (found is not [var tensor] || tensor.GetProperty("datatype").GetString() is not ("FP32" or "FP64") || !HasShape(tensor.GetProperty("shape"), scores.Length))
            {
                throw new RemoteModelException(RemoteModelException.Malformed);
            }

            var data = tensor.GetProperty("data");
            if (scores.Length == 1)
            {
                scores[0] = One(data, 0);
                return;
            }

            if (data.GetArrayLength() != scores.Length)
            {
                throw new RemoteModelException(RemoteModelException.Malformed);
            }

            var at = 0;
            foreach (var element in data.EnumerateArray())
            {
                scores[at++] = One(element, 1);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new RemoteModelException(RemoteModelException.Malformed);
        }
    }

    /// <summary>As many as there are rows, and nothing beside: the rows come first, and every other dimension is one.</summary>
    private static bool HasShape(JsonElement shape, int rows)
    {
        var first = true;
        foreach (var dimension in shape.EnumerateArray())
        {
            if (dimension.GetInt64() != (first ? rows : 1))
            {
                return false;
            }

            first = false;
        }

        return !first || rows == 1;
    }

    /// <summary>The one number in lists of one.</summary>
    private static double One(JsonElement data, int depth) =>
        data.ValueKind == JsonValueKind.Number ? data.GetDouble()
        : data.ValueKind == JsonValueKind.Array && data.GetArrayLength() == 1 && depth < Deepest ? One(data[0], depth + 1)
        : throw new RemoteModelException(RemoteModelException.Malformed);

    private static byte[] Json(RemoteTerms terms, ReadOnlySpan<float> input, int rows, bool isBinary)
    {
        var buffer = new ArrayBufferWriter<byte>(256 + (input.Length * 12));
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("inputs");
            writer.WriteStartObject();
            writer.WriteString("name", terms.Input);
            writer.WriteStartArray("shape");
            writer.WriteNumberValue(rows);
            writer.WriteNumberValue(input.Length / rows);
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
