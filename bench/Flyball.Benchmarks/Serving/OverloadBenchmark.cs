using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Flyball.Benchmarks.Features;

namespace Flyball.Benchmarks.Serving;

/// <summary>
/// Five times the requests that the server can answer, for a minute: how many are still answered, how fast, and how long it takes until all is as before.
/// Each request holds fifty rows, so that answering is work and refusing is not. The server has one processor, and the client another.
/// </summary>
internal static class OverloadBenchmark
{
    private const int RowsEach = 50;
    private const double Normal = 0.6;
    private const int MostRounds = 10;

    /// <param name="dll">Path of Flyball.Server.dll.</param>
    /// <param name="seconds">How long the overload lasts.</param>
    public static async Task RunAsync(string dll, int seconds)
    {
        var folder = Directory.CreateTempSubdirectory("flyball-overload-").FullName;
        try
        {
            BenchedModel.Write(folder);
            if (OperatingSystem.IsLinux())
            {
                Process.GetCurrentProcess().ProcessorAffinity = 2;
            }

            using var program = await ServedProgram.StartAsync(dll, BenchedModel.ProjectIn(folder), Path.Combine(folder, "data"), processor: 0);
            await BenchedModel.DeployAsync(program, folder);
            var rows = File.ReadLines(BenchedModel.RequestsIn(folder)).Take(RowsEach);
            var body = $"{{\"instances\":[{string.Join(',', rows)}]}}";
            var request = Encoding.ASCII.GetBytes($"POST /v1/models/bench/predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");

            // On one processor code is compiled beside the requests, when there is time: what is measured before it is done is no capacity.
            await LoadAsync(program.Address, request, 8, 100, TimeSpan.FromSeconds(20));
            var (capacity, before) = (0.0, 0.0);
            for (var round = 0; round < MostRounds && (round < 3 || capacity > before * 1.03); round++)
            {
                before = Math.Max(before, capacity);
                capacity = Accepted(await LoadAsync(program.Address, request, 8, 0, TimeSpan.FromSeconds(6))).Count / 6.0;
            }

            var normal = P99(Accepted(await LoadAsync(program.Address, request, 64, capacity * Normal, TimeSpan.FromSeconds(10))));
            Print($"capacity {capacity:F0} requests/s of {RowsEach} rows; at {Normal:P0} of it p99 {normal:F2} ms; load {Load()}");
            var flood = await LoadAsync(program.Address, request, 400, capacity * 5, TimeSpan.FromSeconds(seconds));
            var accepted = Accepted(flood);
            Print($"offered {(double)flood.Count / seconds / capacity:F1} times the capacity for {seconds} s: {accepted.Count / (double)seconds:F0}/s answered, {accepted.Count / (double)seconds / capacity:P0} of the capacity; p99 of the answered {P99(accepted):F2} ms, {P99(accepted) / normal:F2} times the normal; {flood.Count - accepted.Count} refused, p99 {P99([.. flood.Where(a => a.Status != 200)]):F2} ms; statuses {string.Join(", ", flood.GroupBy(a => a.Status).Select(g => $"{g.Key}: {g.Count()}"))}; load {Load()}");
            var after = await LoadAsync(program.Address, request, 64, capacity * Normal, TimeSpan.FromSeconds(10));
            var begun = after.Min(a => a.Begun);
            var windows = after.GroupBy(a => (int)(Stopwatch.GetElapsedTime(begun, a.Begun).TotalSeconds * 2)).OrderBy(g => g.Key).ToList();
            var bad = windows.LastOrDefault(w => w.Any(a => a.Status != 200) || P99([.. w]) > 2 * normal);
            Print($"afterwards at {Normal:P0}: as before after {(bad is null ? 0 : (bad.Key + 1) / 2.0):F1} s; p99 {P99(Accepted(after)):F2} ms; resident memory {program.Memory >> 20} MB");
            await program.StopAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Sends requests as they fall due; a rate of 0 sends one after the other.</summary>
    private static async Task<List<Answer>> LoadAsync(Uri address, byte[] request, int connections, double rate, TimeSpan span)
    {
        var answers = new List<Answer>();
        var number = -1L;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(address.Host, address.Port);
            var buffer = new byte[64 << 10];
            var mine = new List<Answer>();
            while (Stopwatch.GetElapsedTime(start) < span)
            {
                if (rate > 0)
                {
                    var due = TimeSpan.FromSeconds(Interlocked.Increment(ref number) / rate) - Stopwatch.GetElapsedTime(start);
                    if (due > TimeSpan.FromMilliseconds(1))
                    {
                        await Task.Delay(due);
                    }
                }

                var begun = Stopwatch.GetTimestamp();
                await socket.SendAsync(request);
                mine.Add(new Answer(begun, Stopwatch.GetTimestamp(), await ReadAsync(socket, buffer)) with { Ended = Stopwatch.GetTimestamp() });
            }

            lock (answers)
            {
                answers.AddRange(mine);
            }
        })));
        return answers;
    }

    /// <summary>Reads one answer to its end, and gives its status.</summary>
    private static async Task<int> ReadAsync(Socket socket, byte[] buffer)
    {
        var (kept, end) = (0, -1);
        while ((end = buffer.AsSpan(0, kept).IndexOf("\r\n\r\n"u8)) < 0)
        {
            kept += await socket.ReceiveAsync(buffer.AsMemory(kept)) is > 0 and var read ? read : throw new IOException("The server has closed the connection.");
        }

        var head = Encoding.ASCII.GetString(buffer, 0, end);
        if (head.Contains("chunked", StringComparison.OrdinalIgnoreCase))
        {
            while (!buffer.AsSpan(0, kept).EndsWith("0\r\n\r\n"u8))
            {
                kept += await socket.ReceiveAsync(buffer.AsMemory(kept));
            }
        }
        else
        {
            var at = head.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase) + 16;
            var stop = head.IndexOf('\r', at);
            var left = int.Parse(head.AsSpan(at, (stop < 0 ? head.Length : stop) - at), NumberStyles.None, CultureInfo.InvariantCulture) - (kept - end - 4);
            while (left > 0)
            {
                left -= await socket.ReceiveAsync(buffer);
            }
        }

        return int.Parse(head.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static List<Answer> Accepted(List<Answer> answers) => [.. answers.Where(a => a.Status == 200)];

    private static double P99(List<Answer> answers)
    {
        var sorted = answers.Select(a => Stopwatch.GetElapsedTime(a.Begun, a.Ended).TotalMilliseconds).Order().ToList();
        return sorted.Count == 0 ? 0 : sorted[(int)(sorted.Count * 0.99)];
    }

    private static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    private static void Print(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));

    private sealed record Answer(long Begun, long Ended, int Status);
}
