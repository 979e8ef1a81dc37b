using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Flyball.Tests.Protocols.OpenInference;

/// <summary>Requests as bytes on a connection of their own, in the form that the HTTP library under the Triton client for Python gives them, and their answers.</summary>
internal static class ClientFrame
{
    private const string Agent = "User-Agent: python/gevent-http-client-2.0.8\r\n";

    public static byte[] Get(Uri server, string path) => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\n{Agent}Host: {server.Authority}\r\n\r\n");

    public static byte[] Post(Uri server, string path, byte[] body, params (string Name, string Value)[] headers)
    {
        var own = string.Concat(headers.Select(h => $"{h.Name}: {h.Value}\r\n"));
        return [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"POST {path} HTTP/1.1\r\n{Agent}{own}Host: {server.Authority}\r\nContent-Length: {body.Length}\r\n\r\n")), .. body];
    }

    public static async Task<Answer> SendAsync(Uri server, byte[] request, CancellationToken stop)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, stop);
        var stream = client.GetStream();
        await stream.WriteAsync(request, stop);
        using var read = new BufferedStream(stream);
        var lines = new List<string>();
        while (await LineAsync(read, stop) is { Length: > 0 } line)
        {
            lines.Add(line);
        }

        var answer = new Answer(int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), [.. lines[1..].Select(l => (l[..l.IndexOf(':', StringComparison.Ordinal)], l[(l.IndexOf(':', StringComparison.Ordinal) + 2)..]))], []);
        return answer with { Body = answer.Header("Transfer-Encoding") == "chunked" ? await ChunksAsync(read, stop) : await BytesAsync(read, int.Parse(answer.Header("Content-Length")!, CultureInfo.InvariantCulture), stop) };
    }

    private static async Task<byte[]> ChunksAsync(Stream stream, CancellationToken stop)
    {
        var body = new List<byte>();
        while (int.Parse(await LineAsync(stream, stop), NumberStyles.HexNumber, CultureInfo.InvariantCulture) is > 0 and var length)
        {
            body.AddRange(await BytesAsync(stream, length, stop));
            await LineAsync(stream, stop);
        }

        return [.. body];
    }

    private static async Task<byte[]> BytesAsync(Stream stream, int length, CancellationToken stop)
    {
        var bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes, stop);
        return bytes;
    }

    private static async Task<string> LineAsync(Stream stream, CancellationToken stop)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (line is not [.., (byte)'\r', (byte)'\n'])
        {
            await stream.ReadExactlyAsync(one, stop);
            line.Add(one[0]);
        }

        return Encoding.ASCII.GetString([.. line[..^2]]);
    }

    internal sealed record Answer(int Status, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body)
    {
        public string? Header(string name) => Headers.Where(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value).SingleOrDefault();

        public JsonObject Json() => JsonNode.Parse(Body)!.AsObject();

        /// <summary>The JSON, and the tensors behind it where the header says that there are some.</summary>
        public (JsonObject Json, byte[] Raw) Split()
        {
            var length = int.Parse(Header("Inference-Header-Content-Length")!, CultureInfo.InvariantCulture);
            return (JsonNode.Parse(Body.AsSpan(0, length))!.AsObject(), Body[length..]);
        }
    }
}
