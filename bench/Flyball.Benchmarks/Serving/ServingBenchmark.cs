using System.Diagnostics;
using System.Globalization;
using Flyball.Benchmarks.Features;

namespace Flyball.Benchmarks.Serving;

/// <summary>
/// Single-row predictions over HTTP on loopback, beside FastAPI with scikit-learn as tutorials write it, the same written lean, and a bare
/// Kestrel endpoint that echoes: in turn, the same JSON, wrk on the same cores.
/// </summary>
internal static class ServingBenchmark
{
    private const int FirstPort = 7_990;
    private static readonly int[] Connections = [8, 64];

    /// <param name="arguments">Path of Flyball.Server.dll; repeats, 5 when left out; seconds of each run, 5 when left out. Or <c>prepare</c>, that path, a folder and a number of models: leaves a project, a data directory with the models deployed and requests there. Or <c>inside</c> and such a folder: everything but HTTP, in this process. Or <c>overload</c>, that path and seconds. Or <c>cold</c>, that path and a number of models. Or <c>monitoring</c>, repeats and seconds. Or <c>grpc</c>, that path, repeats and seconds: gRPC beside JSON.</param>
    internal static async Task Run(string[] arguments)
    {
        if (arguments is ["prepare", var dll, var left, .. var wanted])
        {
            var models = wanted is [var number] ? int.Parse(number, CultureInfo.InvariantCulture) : 1;
            BenchedModel.Write(left, models);
            using var once = await ServedProgram.StartAsync(dll, BenchedModel.ProjectIn(left), Path.Combine(left, "data"));
            await BenchedModel.DeployAsync(once, left, models);
            await once.StopAsync();
            return;
        }

        if (arguments is ["overload", var built, .. var length])
        {
            await OverloadBenchmark.RunAsync(built, length is [var given] ? int.Parse(given, CultureInfo.InvariantCulture) : 60);
            return;
        }

        if (arguments is ["grpc", .. var rest])
        {
            await GrpcBenchmark.RunAsync(rest);
            return;
        }

        if (arguments is ["cold", var started, .. var many])
        {
            await ColdStartBenchmark.RunAsync(started, many is [var count] ? int.Parse(count, CultureInfo.InvariantCulture) : 10);
            return;
        }

        if (arguments is ["monitoring", .. var turns])
        {
            var times = turns.Select(t => int.Parse(t, CultureInfo.InvariantCulture)).ToList();
            await MonitoringBenchmark.RunAsync(Path.Combine(BenchFolder(), "post.lua"), times.Count > 0 ? times[0] : 5, times.Count > 1 ? times[1] : 5);
            return;
        }

        if (arguments is ["inside", var prepared])
        {
            await DeskBenchmark.RunAsync(prepared);
            return;
        }

        var repeats = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 5;
        var seconds = arguments.Length > 2 ? int.Parse(arguments[2], CultureInfo.InvariantCulture) : 5;
        var bench = BenchFolder();
        var folder = Directory.CreateTempSubdirectory("flyball-serving-").FullName;
        try
        {
            BenchedModel.Write(folder);
            using var program = await ServedProgram.StartAsync(arguments[0], BenchedModel.ProjectIn(folder), Path.Combine(folder, "data"));
            await BenchedModel.DeployAsync(program, folder);
            using var echo = await PeerProcess.EchoAsync(FirstPort);
            var contenders = new List<(string Name, Uri Address, string Path)> { ("flyball", program.Address, "/v1/models/bench/predict"), ("echo", echo.Address, "/predict") };
            var pickle = Path.Combine(folder, "model.pickle");
            using var blog = Fit(Path.Combine(bench, "peers"), BenchedModel.CsvIn(folder), pickle) ? await PeerProcess.FastApiAsync(Path.Combine(bench, "peers"), "blog", pickle, FirstPort + 1) : null;
            using var lean = blog is null ? null : await PeerProcess.FastApiAsync(Path.Combine(bench, "peers"), "lean", pickle, FirstPort + 2);
            if (blog is not null)
            {
                contenders.AddRange([("blog", blog.Address, "/predict"), ("lean", lean!.Address, "/predict")]);
            }

            var script = Path.Combine(bench, "post.lua");
            foreach (var (_, address, path) in contenders)
            {
                await WrkRun.Async(script, address, path, BenchedModel.RequestsIn(folder), 8, 5);
            }

            foreach (var connections in Connections)
            {
                var runs = contenders.ToDictionary(c => c.Name, _ => new List<WrkRun>());
                var processor = new List<double>();
                for (var repeat = 0; repeat < repeats; repeat++)
                {
                    foreach (var (name, address, path) in contenders)
                    {
                        var (busy, begun) = (program.Processor, Stopwatch.GetTimestamp());
                        runs[name].Add(await WrkRun.Async(script, address, path, BenchedModel.RequestsIn(folder), connections, seconds));
                        if (name == "flyball")
                        {
                            processor.Add((program.Processor - busy).TotalMicroseconds / (runs[name][^1].PerSecond * Stopwatch.GetElapsedTime(begun).TotalSeconds));
                        }
                    }
                }

                Report(connections, runs, Median(processor));
            }

            Print($"resident memory {program.Memory >> 20} MB");
            await program.StopAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Report(int connections, Dictionary<string, List<WrkRun>> runs, double microseconds)
    {
        Print($"{connections} connections, {Environment.ProcessorCount} cores, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}; {microseconds:F1} us of processor for a request of flyball");
        foreach (var (name, all) in runs)
        {
            Print($"  {name,-8} {Median(all.Select(r => r.PerSecond)),9:F0}/s [{all.Min(r => r.PerSecond):F0}-{all.Max(r => r.PerSecond):F0}]  p50 {Median(all.Select(r => r.P50)):F2} ms  p99 {Median(all.Select(r => r.P99)):F2} ms");
        }

        foreach (var name in runs.Keys.Where(n => n != "flyball"))
        {
            // Pairs of the same minute: what else the machine did then falls on both.
            Print($"  beside {name,-5} {Median(runs["flyball"].Zip(runs[name], (f, p) => f.PerSecond / p.PerSecond)),7:F2} times its requests, {Median(runs["flyball"].Zip(runs[name], (f, p) => p.P99 / f.P99)):F1} times shorter p99");
        }
    }

    /// <summary>Trains the peers' model; false, and said, where Debian's scikit-learn or FastAPI is missing.</summary>
    private static bool Fit(string peers, string csv, string pickle)
    {
        using var check = Process.Start("/usr/bin/python3", ["-c", "import fastapi, uvicorn, sklearn, pandas"]);
        check.WaitForExit();
        if (check.ExitCode != 0)
        {
            Print("no peers: apt-get install python3-fastapi python3-uvicorn python3-sklearn python3-pandas");
            return false;
        }

        using var fit = Process.Start("/usr/bin/python3", [Path.Combine(peers, "model.py"), csv, pickle]);
        fit.WaitForExit();
        return fit.ExitCode == 0 ? true : throw new InvalidOperationException("The peers' model was not trained.");
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }

    private static string BenchFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "post.lua")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The benchmark runs from a checkout: no bench/post.lua above it.");
    }

    private static void Print(string line) => Console.WriteLine(line);
}
