using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Benchmarks.Features;

namespace Flyball.Benchmarks.Serving;

/// <summary>
/// gRPC beside JSON: the same model, the same rows, as many requests at once, h2load as the client of both. JSON is asked over HTTP/1.1, a connection for each
/// request at once, and over HTTP/2, whose streams gRPC shares too.
/// </summary>
internal static class GrpcBenchmark
{
    private const string GrpcUrl = "http://127.0.0.1:7994";

    /// <summary>More requests of 64 rows at once than these are refused as overload on two processors.</summary>
    private static readonly (int Rows, int Connections, int Streams)[] Cells = [(1, 8, 1), (1, 8, 8), (64, 8, 1)];

    /// <param name="arguments">Path of Flyball.Server.dll; repeats, 5 when left out; seconds of each run, 4 when left out.</param>
    public static async Task RunAsync(string[] arguments)
    {
        var repeats = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 5;
        var seconds = arguments.Length > 2 ? int.Parse(arguments[2], CultureInfo.InvariantCulture) : 4;
        var folder = Directory.CreateTempSubdirectory("flyball-grpc-").FullName;
        try
        {
            BenchedModel.Write(folder);
            using var program = await ServedProgram.StartAsync(arguments[0], BenchedModel.ProjectIn(folder), Path.Combine(folder, "data"), grpcUrl: GrpcUrl);
            await BenchedModel.DeployAsync(program, folder);
            var rows = File.ReadLines(BenchedModel.RequestsIn(folder)).Select(l => JsonNode.Parse(l)!.AsObject()).ToList();
            foreach (var (count, connections, streams) in Cells)
            {
                var (json, frame) = await WriteAsync(folder, rows[..count]);
                await CheckAsync(program, json, frame);
                await CompareAsync(program, (json, frame), (connections, streams), (count, repeats, seconds));
            }

            await program.StopAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(string Json, string Frame)> WriteAsync(string folder, IReadOnlyList<JsonObject> rows)
    {
        var (json, frame) = (Path.Combine(folder, $"{rows.Count}.json"), Path.Combine(folder, $"{rows.Count}.frame"));
        await File.WriteAllTextAsync(json, rows.Count == 1 ? rows[0].ToJsonString() : $"{{\"instances\":[{string.Join(',', rows.Select(r => r.ToJsonString()))}]}}");
        await File.WriteAllBytesAsync(frame, InferenceFrame.Of("bench", rows));
        return (json, frame);
    }

    /// <summary>Both are answered, and gRPC with the score that JSON has: a refused call has status 200 as well.</summary>
    private static async Task CheckAsync(ServedProgram program, string json, string frame)
    {
        using var http = new HttpClient();
        using var plain = new StringContent(await File.ReadAllTextAsync(json), Encoding.UTF8, "application/json");
        using var said = await http.PostAsync(new Uri(program.Address, "/v1/models/bench/predict"), plain);
        var answer = JsonNode.Parse(await said.Content.ReadAsStringAsync())!;
        var expected = (answer["predictions"]?[0] ?? answer)["prediction"]!.GetValue<double>();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(GrpcUrl), InferenceFrame.Path))
        {
            Content = new ByteArrayContent(await File.ReadAllBytesAsync(frame)),
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.Add("te", "trailers");
        using var called = await http.SendAsync(request);
        var body = await called.Content.ReadAsByteArrayAsync();
        if (called.TrailingHeaders.GetValues("grpc-status").Single() != "0" || body.AsSpan().IndexOf(BitConverter.GetBytes(expected)) < 0)
        {
            throw new InvalidOperationException("gRPC does not answer what JSON does.");
        }
    }

    private static async Task CompareAsync(ServedProgram program, (string Json, string Frame) bodies, (int Connections, int Streams) shape, (int Rows, int Repeats, int Seconds) work)
    {
        const string Json = "content-type: application/json";
        var (plain, call) = (new Uri(program.Address, "/v1/models/bench/predict"), new Uri(new Uri(GrpcUrl), InferenceFrame.Path));
        var multiplexed = new Uri(new Uri(GrpcUrl), plain.AbsolutePath);
        (string Name, Func<Task<H2LoadRun>> Run)[] contenders =
        [
            ("json 1.1", () => H2LoadRun.Async(plain, bodies.Json, (true, shape.Connections * shape.Streams, 1, work.Seconds), Json)),
            ("json h2", () => H2LoadRun.Async(multiplexed, bodies.Json, (false, shape.Connections, shape.Streams, work.Seconds), Json)),
            ("grpc", () => H2LoadRun.Async(call, bodies.Frame, (false, shape.Connections, shape.Streams, work.Seconds), "content-type: application/grpc", "te: trailers")),
        ];
        foreach (var (_, run) in contenders)
        {
            await run();
        }

        var runs = contenders.ToDictionary(c => c.Name, _ => new List<(H2LoadRun Run, double Processor)>());
        for (var repeat = 0; repeat < work.Repeats; repeat++)
        {
            foreach (var (name, run) in contenders)
            {
                var (busy, begun) = (program.Processor, Stopwatch.GetTimestamp());
                var seen = await run();
                runs[name].Add((seen, (program.Processor - busy).TotalMicroseconds / (seen.PerSecond * Stopwatch.GetElapsedTime(begun).TotalSeconds)));
            }
        }

        Report(shape, work.Rows, runs);
    }

    private static void Report((int Connections, int Streams) shape, int rows, Dictionary<string, List<(H2LoadRun Run, double Processor)>> runs)
    {
        Print($"{rows} rows, {shape.Connections * shape.Streams} requests at once ({shape.Connections} connections of HTTP/2), {Environment.ProcessorCount} cores, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
        foreach (var (name, all) in runs)
        {
            Print($"  {name,-9} {Median(all.Select(r => r.Run.PerSecond)),8:F0}/s [{all.Min(r => r.Run.PerSecond):F0}-{all.Max(r => r.Run.PerSecond):F0}]  mean {Median(all.Select(r => r.Run.MeanMilliseconds)):F2} ms  {Median(all.Select(r => r.Processor)):F1} us of processor a request");
        }

        foreach (var name in runs.Keys.Where(n => n != "grpc"))
        {
            // Pairs of the same minute: what else the machine did then falls on both.
            var pairs = runs["grpc"].Zip(runs[name]).ToList();
            Print($"  grpc beside {name,-9} {Median(pairs.Select(p => p.First.Run.PerSecond / p.Second.Run.PerSecond)):F2} times its requests, {Median(pairs.Select(p => p.First.Processor / p.Second.Processor)):F2} times its processor");
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }

    private static void Print(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
