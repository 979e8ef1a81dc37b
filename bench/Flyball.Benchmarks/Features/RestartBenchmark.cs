using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Flyball.Benchmarks.Features;

/// <summary>
/// How long the program takes to be ready with millions of events in the windows of the fraud example: from its snapshot, and from the log alone.
/// The events lie 0.25 seconds apart, so that ten million are 29 days.
/// </summary>
internal static class RestartBenchmark
{
    private const int Runs = 5;

    /// <param name="arguments">Path of Flyball.Server.dll; the number of events.</param>
    internal static async Task Run(string[] arguments)
    {
        var program = arguments[0];
        var rows = arguments.Length > 1 ? long.Parse(arguments[1], NumberStyles.None, CultureInfo.InvariantCulture) : 10_000_000;
        var project = Path.Combine("examples", "fraud");
        var folder = Directory.CreateTempSubdirectory("flyball-restart-").FullName;
        try
        {
            var data = Path.Combine(folder, "data");
            using (var first = await ServedProgram.StartAsync(program, project, data))
            {
                await ImportAsync(first.Address, Path.Combine(folder, "events.csv"), rows);
                Print($"with {rows:N0} events it holds {first.Memory >> 20:N0} MB, and stopped in {(await first.StopAsync()).TotalSeconds:F2} s");
            }

            var snapshot = Path.Combine(data, "snapshots", "events.snapshot");
            Print($"snapshot of {new FileInfo(snapshot).Length >> 20:N0} MB, log of {Directory.GetFiles(Path.Combine(data, "events")).Sum(f => new FileInfo(f).Length) >> 20:N0} MB");
            for (var run = 0; run < Runs; run++)
            {
                using var again = await ServedProgram.StartAsync(program, project, data);
                Print($"ready from the snapshot after {again.ReadyAfter.TotalSeconds:F2} s, {again.Memory >> 20:N0} MB");
                await again.StopAsync();
            }

            File.Delete(snapshot);
            using var whole = await ServedProgram.StartAsync(program, project, data);
            Print($"ready from the log alone after {whole.ReadyAfter.TotalSeconds:F2} s");
            await whole.StopAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task ImportAsync(Uri address, string path, long rows)
    {
        Write(path, rows);
        using var http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(20) };
        await using var file = File.OpenRead(path);
        using var content = new StreamContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        var begun = Stopwatch.GetTimestamp();
        using var response = await http.PostAsync(new Uri("/v1/imports/transactions?known_at=event_time", UriKind.Relative), content);
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        Print($"imported with status {(int)response.StatusCode} in {seconds:F1} s, {rows / seconds:N0} rows/s");
        response.EnsureSuccessStatusCode();
    }

    private static void Write(string path, long rows)
    {
        using var file = new StreamWriter(path, append: false, new UTF8Encoding(false), 1 << 20);
        file.Write("transaction_id,event_time,customer_id,terminal_id,amount\n");
        var draw = new Random(7);
        var start = new DateTime(2018, 4, 1, 0, 0, 0, DateTimeKind.Utc);
        for (long i = 0; i < rows; i++)
        {
            file.Write(string.Create(CultureInfo.InvariantCulture, $"{i},{start.AddMilliseconds(i * 250):yyyy-MM-ddTHH:mm:ss.fffZ},{draw.Next(50_000)},{draw.Next(10_000)},{draw.Next(1, 25_000) / 100m}\n"));
        }
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
