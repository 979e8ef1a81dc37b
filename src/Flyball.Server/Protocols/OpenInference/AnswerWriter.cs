using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Flyball.Server.Protocols.OpenInference;

/// <summary>Writes an answer over HTTP: JSON, and behind it the tensors that are asked for raw.</summary>
internal static class AnswerWriter
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task WriteAsync(HttpContext context, InferenceAnswer answer, InferenceRequest request)
    {
        var text = new ArrayBufferWriter<byte>(512);
        var raw = new ArrayBufferWriter<byte>();
        var isRaw = Write(text, raw, answer, request);
        context.Response.ContentType = isRaw ? "application/octet-stream" : "application/json";
        if (isRaw)
        {
            context.Response.Headers[InferenceBody.HeaderLength] = text.WrittenCount.ToString(CultureInfo.InvariantCulture);
        }

        var length = text.WrittenCount + raw.WrittenCount;
        if (length >= PackedBodies.Shortest && PackedBodies.Asked(context.Request) is { } encoding)
        {
            var packed = PackedBodies.Pack(encoding, text.WrittenSpan, raw.WrittenSpan);
            context.Response.Headers.ContentEncoding = encoding;
            context.Response.Headers.Vary = "Accept-Encoding";
            context.Response.ContentLength = packed.Length;
            await context.Response.BodyWriter.WriteAsync(packed, context.RequestAborted);
            return;
        }

        context.Response.ContentLength = length;

        await context.Response.BodyWriter.WriteAsync(text.WrittenMemory, context.RequestAborted);
        await context.Response.BodyWriter.WriteAsync(raw.WrittenMemory, context.RequestAborted);
    }

    /// <summary>The elements, little-endian and row by row, texts with their lengths before them.</summary>
    public static void WriteRaw(OutputTensor tensor, ArrayBufferWriter<byte> into)
    {
        foreach (var real in tensor.Reals ?? [])
        {
            BinaryPrimitives.WriteDoubleLittleEndian(into.GetSpan(8), real);
            into.Advance(8);
        }

        foreach (var whole in tensor.Wholes ?? [])
        {
            BinaryPrimitives.WriteInt64LittleEndian(into.GetSpan(8), whole);
            into.Advance(8);
        }

        foreach (var text in tensor.Texts ?? [])
        {
            var most = Encoding.UTF8.GetMaxByteCount(text.Length);
            var span = into.GetSpan(4 + most);
            var length = Encoding.UTF8.GetBytes(text, span[4..]);
            BinaryPrimitives.WriteInt32LittleEndian(span, length);
            into.Advance(4 + length);
        }
    }

    private static bool Write(ArrayBufferWriter<byte> text, ArrayBufferWriter<byte> raw, InferenceAnswer answer, InferenceRequest request)
    {
        var isRaw = false;
        using var json = new Utf8JsonWriter(text, Plain);
        json.WriteStartObject();
        json.WriteString("model_name", answer.Model);
        WriteIfThere(json, "model_version", answer.Version);
        WriteIfThere(json, "id", answer.Id);
        if (answer.Digest is not null || answer.Defaulted is not null)
        {
            json.WriteStartObject("parameters");
            WriteIfThere(json, "digest", answer.Digest);
            WriteIfThere(json, "defaulted", answer.Defaulted);
            json.WriteEndObject();
        }

        json.WriteStartArray("outputs");
        for (var i = 0; i < answer.Outputs.Count; i++)
        {
            // Outputs that are asked for come in the order they are asked for in.
            var binary = request.Outputs?[i].IsBinary ?? request.IsBinaryByDefault;
            isRaw |= binary;
            WriteTensor(json, answer.Outputs[i], binary ? raw : null);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return isRaw;
    }

    private static void WriteTensor(Utf8JsonWriter json, OutputTensor tensor, ArrayBufferWriter<byte>? raw)
    {
        json.WriteStartObject();
        json.WriteString("name", tensor.Field.Name);
        json.WriteString("datatype", TensorTypes.NameOf(tensor.Field.Type));
        json.WriteStartArray("shape");
        foreach (var size in tensor.Shape)
        {
            json.WriteNumberValue(size);
        }

        json.WriteEndArray();
        if (raw is not null || tensor.Classes is not null)
        {
            json.WriteStartObject("parameters");
            WriteIfThere(json, "classes", tensor.Classes);
            if (raw is not null)
            {
                var before = raw.WrittenCount;
                WriteRaw(tensor, raw);
                json.WriteNumber("binary_data_size", raw.WrittenCount - before);
            }

            json.WriteEndObject();
        }

        if (raw is null)
        {
            WriteData(json, tensor);
        }

        json.WriteEndObject();
    }

    private static void WriteData(Utf8JsonWriter json, OutputTensor tensor)
    {
        json.WriteStartArray("data");
        foreach (var real in tensor.Reals ?? [])
        {
            json.WriteNumberValue(real);
        }

        foreach (var whole in tensor.Wholes ?? [])
        {
            json.WriteNumberValue(whole);
        }

        foreach (var text in tensor.Texts ?? [])
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void WriteIfThere(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
