using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Flyball.Benchmarks.Mlflow;

/// <summary>One kept connection that spends as little of the machine as it can: the server under test shares it.</summary>
internal sealed class LeanClient : IDisposable
{
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] buffer = new byte[1 << 20];
    private int kept;

    public LeanClient(Uri address) => socket.Connect(address.Host, address.Port);

    public static byte[] Request(string method, string path, string body = "", string type = "application/json") =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {type}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"));

    /// <summary>Sends, and reads the answer to its end.</summary>
    /// <returns>How long its body was.</returns>
    public async Task<long> SendAsync(ReadOnlyMemory<byte> request, Func<Socket, Task>? rest = null)
    {
        await socket.SendAsync(request);
        if (rest is not null)
        {
            await rest(socket);
        }

        var end = -1;
        while ((end = buffer.AsSpan(0, kept).IndexOf("\r\n\r\n"u8)) < 0)
        {
            kept += await ReadAsync(kept);
        }

        var head = Encoding.ASCII.GetString(buffer, 0, end);
        if (!head.StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
        {
            throw new InvalidOperationException(head + "\n" + Encoding.UTF8.GetString(buffer, end + 4, kept - end - 4));
        }

        return head.Contains("chunked", StringComparison.OrdinalIgnoreCase) ? await ChunksAsync(end + 4) : await LengthAsync(head, end + 4);
    }

    public void Dispose() => socket.Dispose();

    private async Task<long> LengthAsync(string head, int body)
    {
        var at = head.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase) + 16;
        var stop = head.IndexOf('\r', at);
        var length = long.Parse(head.AsSpan(at, (stop < 0 ? head.Length : stop) - at), NumberStyles.None, CultureInfo.InvariantCulture);
        for (var got = (long)(kept - body); got < length;)
        {
            got += await ReadAsync(0);
        }

        kept = 0;
        return length;
    }

    /// <summary>A chunked answer ends with an empty chunk; JSON holds no line of its own that looks like it.</summary>
    private async Task<long> ChunksAsync(int body)
    {
        long got = kept - body;
        var tail = kept;
        while (!buffer.AsSpan(0, tail).EndsWith("0\r\n\r\n"u8))
        {
            var keep = Math.Min(tail, 8);
            buffer.AsSpan(tail - keep, keep).CopyTo(buffer);
            var read = await ReadAsync(keep);
            got += read;
            tail = keep + read;
        }

        kept = 0;
        return got;
    }

    private async Task<int> ReadAsync(int at) => await socket.ReceiveAsync(buffer.AsMemory(at)) is > 0 and var read ? read : throw new IOException("The server has closed the connection.");
}
