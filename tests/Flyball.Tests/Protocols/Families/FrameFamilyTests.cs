using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Flyball.Tests.Protocols.OpenInference;

namespace Flyball.Tests.Protocols.Families;

/// <summary>Family 23 of bad input: frames of HTTP/2 that cost the sender nothing. The connection is closed, and the next one is served.</summary>
[Collection(InferenceTests.Name)]
public sealed class FrameFamilyTests(InferenceServer server)
{
    private const byte Headers = 1;
    private const byte Reset = 3;
    private const byte Settings = 4;
    private const byte Continuation = 9;
    private const byte EndHeaders = 4;

    /// <summary>Far more than any client resets, and far less than a server suffers from.</summary>
    private const int Most = 50_000;

    [Fact]
    public async Task Streams_that_are_reset_as_soon_as_they_are_opened_end_their_connection()
    {
        var head = Head();
        Assert.True(await IsClosedAsync(i => [.. Frame(Headers, EndHeaders, (2 * i) + 1, head), .. Frame(Reset, 0, (2 * i) + 1, [0, 0, 0, 8])]));
        await StillServesAsync();
    }

    [Fact]
    public async Task Headers_that_never_end_end_their_connection()
    {
        var head = Head();
        Assert.True(await IsClosedAsync(i => i == 0 ? Frame(Headers, 0, 1, head) : Frame(Continuation, 0, 1, [.. Literal($"x-{i}", new string('a', 100))])));
        await StillServesAsync();
    }

    /// <summary>Sends pieces until the server closes the connection.</summary>
    private async Task<bool> IsClosedAsync(Func<int, byte[]> piece)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host.GrpcAddress!.Host, server.Host.GrpcAddress.Port, InferenceServer.Stop);
        var stream = client.GetStream();
        await stream.WriteAsync((byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(Settings, 0, 0, [])], InferenceServer.Stop);
        var reading = EndsAsync(stream);
        try
        {
            for (var i = 0; i < Most && !reading.IsCompleted; i++)
            {
                await stream.WriteAsync(piece(i), InferenceServer.Stop);
            }
        }
        catch (IOException)
        {
            return true;
        }

        return await reading;
    }

    private static async Task<bool> EndsAsync(NetworkStream stream)
    {
        var buffer = new byte[16 << 10];
        try
        {
            while (await stream.ReadAsync(buffer, InferenceServer.Stop) > 0)
            {
                // What the server says on its way is its own affair.
            }
        }
        catch (IOException)
        {
            // Closed hard.
        }

        return true;
    }

    private async Task StillServesAsync()
    {
        using var content = new ByteArrayContent([0, 0, 0, 0, 0]);
        content.Headers.ContentType = new("application/grpc");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/inference.GRPCInferenceService/ServerLive", UriKind.Relative)) { Content = content, Version = System.Net.HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await server.Grpc.SendAsync(request, InferenceServer.Stop);
        await response.Content.ReadAsByteArrayAsync(InferenceServer.Stop);
        Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());
    }

    /// <summary>POST over http, by the static table; the path and the host as they are.</summary>
    private static byte[] Head() => [0x83, 0x86, .. Indexed(4, "/inference.GRPCInferenceService/ServerLive"), .. Indexed(1, "localhost")];

    private static byte[] Indexed(byte name, string value) => [name, (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];

    private static byte[] Literal(string name, string value) => [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        (frame[0], frame[1], frame[2], frame[3], frame[4]) = ((byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }
}
