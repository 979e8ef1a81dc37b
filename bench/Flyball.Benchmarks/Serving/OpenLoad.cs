using System.Buffers.Text;
using System.Diagnostics;
using System.Net.Sockets;

namespace Flyball.Benchmarks.Serving;

/// <summary>
/// Requests that fall due whether those before were answered or not, at random instants of a given rate as independent callers make them (a Poisson process, seeded);
/// or one after the other. The requests' bytes are made beforehand, and of the answers only status and length are read, so that one processor is enough to send
/// many times what another can answer.
/// </summary>
internal static class OpenLoad
{
    /// <summary>Requests in flight at once, and connections.</summary>
    public const int Connections = 400;

    /// <param name="Due">When it fell due; or when it was sent, where a connection had been waiting for that: the clock of a sender is no fault of the server's.</param>
    /// <param name="Status">Of HTTP.</param>
    internal readonly record struct Answer(long Due, long Ended, int Status)
    {
        public double Milliseconds => Stopwatch.GetElapsedTime(Due, Ended).TotalMilliseconds;
    }

    /// <summary>Has sockets go on where they are told that something came, without a queue between: half of the client's cost. To be called before the first socket.</summary>
    public static void Prepare() => Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

    /// <summary>Sends one request after the other over a few connections.</summary>
    public static Task<List<Answer>> ClosedAsync(Uri address, byte[] request, int connections, TimeSpan span) => RunAsync(address, request, connections, null, span);

    /// <summary>Sends requests as they fall due.</summary>
    /// <param name="rate">Requests a second.</param>
    public static async Task<List<Answer>> OpenAsync(Uri address, byte[] request, double rate, TimeSpan span)
    {
        var random = new Random(29);
        var due = new List<TimeSpan>();
        for (var at = 0.0; at < span.TotalSeconds; at -= Math.Log(1 - random.NextDouble()) / rate)
        {
            due.Add(TimeSpan.FromSeconds(at));
        }

        return await RunAsync(address, request, Connections, due, span);
    }

    private static async Task<List<Answer>> RunAsync(Uri address, byte[] request, int connections, List<TimeSpan>? due, TimeSpan span)
    {
        var sockets = new List<Socket>();
        for (var i = 0; i < connections; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(address.Host, address.Port);
            sockets.Add(socket);
        }

        var (start, number) = (Stopwatch.GetTimestamp(), -1);
        var answers = await Task.WhenAll(sockets.Select(s => SendAsync(s, request, due, () => Interlocked.Increment(ref number), (start, span))));
        return [.. answers.SelectMany(a => a)];
    }

    private static async Task<List<Answer>> SendAsync(Socket socket, byte[] request, List<TimeSpan>? due, Func<int> next, (long Start, TimeSpan Span) run)
    {
        await Task.Yield();
        using var own = socket;
        var buffer = new byte[64 << 10];
        var mine = new List<Answer>();
        while (Stopwatch.GetElapsedTime(run.Start) < run.Span)
        {
            var begun = 0L;
            if (due is not null)
            {
                if (next() is var at && at >= due.Count)
                {
                    break;
                }

                begun = await WaitAsync(run.Start, due[at]);
                if (Stopwatch.GetElapsedTime(run.Start) >= run.Span)
                {
                    break;
                }
            }

            begun = begun == 0 ? Stopwatch.GetTimestamp() : begun;
            await socket.SendAsync(request);
            var status = await ReadAsync(socket, buffer);
            mine.Add(new Answer(begun, Stopwatch.GetTimestamp(), status));
        }

        return mine;
    }

    /// <summary>Waits until a request falls due. What has been due already counts from then.</summary>
    /// <returns>From when its time counts; 0 for from its sending.</returns>
    private static async ValueTask<long> WaitAsync(long start, TimeSpan due)
    {
        var left = due - Stopwatch.GetElapsedTime(start);
        if (left <= TimeSpan.Zero)
        {
            return start + (long)(due.TotalSeconds * Stopwatch.Frequency);
        }

        if (left > TimeSpan.FromMilliseconds(0.5))
        {
            await Task.Delay(left);
        }

        return 0;
    }

    /// <summary>Reads one answer to its end, and gives its status.</summary>
    private static async Task<int> ReadAsync(Socket socket, byte[] buffer)
    {
        var (kept, end) = (0, -1);
        while ((end = buffer.AsSpan(0, kept).IndexOf("\r\n\r\n"u8)) < 0)
        {
            kept += await MoreAsync(socket, buffer.AsMemory(kept));
        }

        _ = Utf8Parser.TryParse(buffer.AsSpan(9, 3), out int status, out _);
        if (LengthIn(buffer.AsSpan(0, end + 2)) is not { } length)
        {
            while (!buffer.AsSpan(0, kept).EndsWith("0\r\n\r\n"u8))
            {
                kept += await MoreAsync(socket, buffer.AsMemory(kept));
            }

            return status;
        }

        for (var left = length - (kept - end - 4); left > 0;)
        {
            left -= await MoreAsync(socket, buffer);
        }

        return status;
    }

    private static async ValueTask<int> MoreAsync(Socket socket, Memory<byte> into) =>
        await socket.ReceiveAsync(into) is > 0 and var read ? read : throw new IOException("The server has closed the connection.");

    /// <summary>What a head says of the body's length; null when it comes in pieces.</summary>
    private static int? LengthIn(ReadOnlySpan<byte> head)
    {
        var name = "Content-Length: "u8;
        var at = head.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(head[(at + name.Length)..], out int length, out _) ? length : null;
    }
}
