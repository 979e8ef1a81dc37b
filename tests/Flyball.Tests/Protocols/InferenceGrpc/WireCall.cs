using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Flyball.Tests.Protocols.OpenInference;
using Google.Protobuf;

namespace Flyball.Tests.Protocols.InferenceGrpc;

/// <summary>Calls and messages made by means that are not the server's own.</summary>
internal static class WireCall
{
    public const string Service = "/inference.GRPCInferenceService/";

    public static byte[] Message(Func<CodedOutputStream, CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            write(output);
        }

        return bytes.ToArray();
    }

    public static CodedOutputStream Text(CodedOutputStream output, int field, string text) => Packed(output, field, Encoding.UTF8.GetBytes(text));

    public static CodedOutputStream Packed(CodedOutputStream output, int field, byte[] bytes)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(bytes));
        return output;
    }

    public static List<(int Field, byte[] Bytes, string Text)> Fields(byte[] message)
    {
        var fields = new List<(int, byte[], string)>();
        var input = new CodedInputStream(message);
        while (input.ReadTag() is var tag and not 0)
        {
            var bytes = WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited ? input.ReadBytes().ToByteArray() : BitConverter.GetBytes(input.ReadUInt64());
            fields.Add((WireFormat.GetTagFieldNumber(tag), bytes, Encoding.UTF8.GetString(bytes)));
        }

        return fields;
    }

    public static byte[] Frame(byte[] message)
    {
        var body = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), message.Length);
        message.CopyTo(body, 5);
        return body;
    }

    public static async Task<WireAnswer> SendAsync(HttpClient client, string method, byte[] body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Service + method, UriKind.Relative)) { Content = new ByteArrayContent(body), Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.Add("te", "trailers");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await client.SendAsync(request, InferenceServer.Stop);
        var answer = await response.Content.ReadAsByteArrayAsync(InferenceServer.Stop);
        Assert.Equal((200, "application/grpc"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        var status = int.Parse(response.TrailingHeaders.GetValues("grpc-status").Single(), CultureInfo.InvariantCulture);
        var error = response.TrailingHeaders.TryGetValues("grpc-message", out var text) ? Uri.UnescapeDataString(text.Single()) : "";
        Assert.Equal(status == 0 ? answer.Length - 5 : 0, answer.Length == 0 ? 0 : BinaryPrimitives.ReadInt32BigEndian(answer.AsSpan(1)));
        return new WireAnswer(status, error, answer.Length == 0 ? [] : answer[5..], response.Headers.ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase));
    }
}

/// <summary>How a call ended.</summary>
/// <param name="Headers">The metadata that came before the message.</param>
internal sealed record WireAnswer(int Status, string Error, byte[] Message, IReadOnlyDictionary<string, string> Headers);
