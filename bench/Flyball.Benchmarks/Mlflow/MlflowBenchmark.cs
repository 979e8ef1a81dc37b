using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Benchmarks.Features;

namespace Flyball.Benchmarks.Mlflow;

/// <summary>
/// The tracking routes of the built program, a child process, over HTTP on loopback: durable requests a second, rows a second, searches over many
/// runs, one large file up and down.
/// </summary>
internal static class MlflowBenchmark
{
    private const string Api = "/api/2.0/mlflow";
    private const int Versions = 200;
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(8);

    /// <param name="arguments">Path of Flyball.Server.dll; a project folder; how many runs to search; how many bytes the file has.</param>
    internal static async Task Run(string[] arguments)
    {
        var runs = arguments.Length > 2 ? Number(arguments[2]) : 100_000;
        var size = arguments.Length > 3 ? Number(arguments[3]) : 1L << 30;
        var folder = Directory.CreateTempSubdirectory("flyball-mlflow-").FullName;
        try
        {
            await SearchedRuns.WriteAsync(Path.Combine(folder, "data"), (int)runs);
            using var program = await ServedProgram.StartAsync(arguments[0], arguments[1], Path.Combine(folder, "data"));
            Print($"{Environment.ProcessorCount} cores, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
            await MetricsAsync(program, 8);
            await BatchesAsync(program, 4);
            await SearchesAsync(program, (int)runs);
            await ModelsAsync(program);
            await FileAsync(program, folder, size);
            Print($"load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
            await program.StopAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MetricsAsync(ServedProgram program, int clients)
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => NewRunAsync(program)));
        foreach (var (what, span) in (((string, TimeSpan)[])[("", Warm), ("log-metric", Span)]))
        {
            var busy = program.Processor;
            var begun = Stopwatch.GetTimestamp();
            var times = await Task.WhenAll(ids.Select((id, c) => LoopAsync(program, span, n => LeanClient.Request(
                "POST", $"{Api}/runs/log-metric", string.Create(CultureInfo.InvariantCulture, $$"""{"run_id":"{{id}}","run_uuid":"{{id}}","key":"loss","value":{{1.0 / (n + 1)}},"timestamp":{{(begun / 1000) + n}},"step":{{n}}}""")))));
            Report(what, times.SelectMany(t => t).ToList(), Stopwatch.GetElapsedTime(begun), (program.Processor - busy).TotalSeconds, 1);
        }
    }

    private static async Task BatchesAsync(ServedProgram program, int clients)
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => NewRunAsync(program)));
        foreach (var (what, span) in (((string, TimeSpan)[])[("", Warm), ("log-batch of 1,000 metrics", Span)]))
        {
            var busy = program.Processor;
            var begun = Stopwatch.GetTimestamp();
            var times = await Task.WhenAll(ids.Select(id => LoopAsync(program, span, n =>
            {
                var body = new StringBuilder($$"""{"run_id":"{{id}}","metrics":[""");
                for (var i = 0; i < 1_000; i++)
                {
                    body.Append(CultureInfo.InvariantCulture, $$"""{{(i == 0 ? "" : ",")}}{"key":"m{{i % 50}}","value":{{i * 0.001}},"timestamp":{{(begun / 1000) + (n * 20) + (i / 50)}},"step":{{(n * 20) + (i / 50)}}}""");
                }

                return LeanClient.Request("POST", $"{Api}/runs/log-batch", body.Append("]}").ToString());
            })));
            Report(what, times.SelectMany(t => t).ToList(), Stopwatch.GetElapsedTime(begun), (program.Processor - busy).TotalSeconds, 1_000);
        }
    }

    private static async Task SearchesAsync(ServedProgram program, int runs)
    {
        foreach (var (filter, order) in (((string, string)[])[
            ("metrics.auc > 0.8", "metrics.auc DESC"), ("metrics.auc > 0.8 and params.model_type = 'xgboost'", "metrics.auc DESC"), ("params.model_type = 'xgboost'", "start_time DESC"),
            ("tags.team = 'team-7' and metrics.loss < 0.5", "metrics.auc DESC"), ("params.seed = '4711'", "metrics.auc DESC"), ("params.model_type = 'xgboost' and metrics.loss < 0.2", "metrics.loss ASC"),
            ("metrics.auc > 0.2", "params.model_type"), ("status = 'FAILED'", "end_time DESC")]))
        {
            var body = new JsonObject { ["experiment_ids"] = new JsonArray("1"), ["filter"] = filter, ["order_by"] = new JsonArray(order), ["max_results"] = 100 };
            var request = LeanClient.Request("POST", $"{Api}/runs/search", body.ToJsonString());
            await CountAsync(program, 20, _ => request);
            Report($"search of {runs:N0} runs, {filter} | {order}", await CountAsync(program, 200, _ => request), TimeSpan.Zero, 0, 0);
        }
    }

    private static async Task ModelsAsync(ServedProgram program)
    {
        using var http = new HttpClient { BaseAddress = program.Address };
        foreach (var versions in (int[])[1, Versions])
        {
            var name = $"model-{versions}";
            await PostAsync(http, "/registered-models/create", new JsonObject { ["name"] = name });
            for (var i = 0; i < versions; i++)
            {
                await PostAsync(http, "/model-versions/create", new JsonObject { ["name"] = name, ["source"] = "mlflow-artifacts:/1/x/artifacts" });
            }

            var request = LeanClient.Request("GET", $"{Api}/registered-models/get?name={name}");
            await CountAsync(program, 50, _ => request);
            Report($"registered-models/get with {versions} versions", await CountAsync(program, 500, _ => request), TimeSpan.Zero, 0, 0);
        }
    }

    private static async Task FileAsync(ServedProgram program, string folder, long size)
    {
        var file = Path.Combine(folder, "large.bin");
        var chunk = new byte[1 << 20];
        await using (var made = File.Create(file))
        {
            var draw = new Random(7);
            for (long at = 0; at < size; at += chunk.Length)
            {
                draw.NextBytes(chunk);
                await made.WriteAsync(chunk);
            }
        }

        var path = "/api/2.0/mlflow-artifacts/artifacts/1/bench/large.bin";
        var before = program.Memory;
        using var client = new LeanClient(program.Address);
        var begun = Stopwatch.GetTimestamp();
        var head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {size}\r\n\r\n"));
        await client.SendAsync(head, async socket => await socket.SendFileAsync(file));
        var up = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        begun = Stopwatch.GetTimestamp();
        var got = await client.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
        var down = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        Print($"a file of {size / 1e6:N0} MB: up {size / up / 1e6:N0} MB/s durable, down {got / down / 1e6:N0} MB/s verified; resident memory {before >> 20} MB before, {program.Memory >> 20} MB after");
    }

    private static async Task<List<double>> LoopAsync(ServedProgram program, TimeSpan span, Func<int, byte[]> request)
    {
        using var client = new LeanClient(program.Address);
        var times = new List<double>();
        for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < span;)
        {
            await OneAsync(client, request(times.Count), times);
        }

        return times;
    }

    private static async Task<List<double>> CountAsync(ServedProgram program, int count, Func<int, byte[]> request)
    {
        using var client = new LeanClient(program.Address);
        var times = new List<double>();
        for (var i = 0; i < count; i++)
        {
            await OneAsync(client, request(i), times);
        }

        return times;
    }

    private static async Task OneAsync(LeanClient client, byte[] request, List<double> times)
    {
        var begun = Stopwatch.GetTimestamp();
        await client.SendAsync(request);
        times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
    }

    private static async Task<string> NewRunAsync(ServedProgram program)
    {
        using var http = new HttpClient { BaseAddress = program.Address };
        return (await PostAsync(http, "/runs/create", new JsonObject { ["experiment_id"] = "0" }))["run"]!["info"]!["run_id"]!.GetValue<string>();
    }

    private static async Task<JsonNode> PostAsync(HttpClient http, string path, JsonObject body)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(Api + path, UriKind.Relative), content);
        var answer = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? JsonNode.Parse(answer)! : throw new InvalidOperationException(answer);
    }

    private static void Report(string what, List<double> times, TimeSpan over, double processor, int rows)
    {
        if (what.Length == 0)
        {
            return;
        }

        times.Sort();
        string At(double share) => times[(int)(share * (times.Count - 1))].ToString("F2", CultureInfo.InvariantCulture);
        var rate = over == TimeSpan.Zero ? "" : string.Create(
            CultureInfo.InvariantCulture, $"{times.Count / over.TotalSeconds:N0} requests/s{(rows > 1 ? $", {times.Count * rows / over.TotalSeconds:N0} rows/s" : "")}, {processor / over.TotalSeconds:F2} processors, ");
        Print($"{what}: {rate}p50 {At(0.5)} ms, p99 {At(0.99)} ms, worst {At(1)} ms");
    }

    private static long Number(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
