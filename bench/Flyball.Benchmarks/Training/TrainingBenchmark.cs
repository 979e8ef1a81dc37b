using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Contracts;
using Flyball.Contracts.Ingestion;
using Flyball.Engine.Identity;
using Flyball.Features;
using Flyball.Native.XGBoost;
using Flyball.Training;
using Flyball.Training.Datasets;
using Flyball.Training.History;
using Flyball.Training.Jobs;
using Flyball.Training.XGBoost;
using Flyball.Workspaces;
using EventLog = Flyball.Contracts.EventLog;

namespace Flyball.Benchmarks.Training;

/// <summary>
/// <c>training [ROWS [COLUMNS [TREES [REPEATS]]]]</c>: a training run beside the XGBoost library called directly on the same matrix, with the same parameters and
/// threads. Each in a process of its own, in turn; reading the lake and computing features are told apart and left out of the comparison.
/// </summary>
internal static class TrainingBenchmark
{
    private const string JobFolder = "job";

    public static async Task Run(string[] args)
    {
        switch (args)
        {
            case ["pipeline", var folder]:
                Pipeline(folder);
                return;
            case ["direct", var folder, var columns, var trees]:
                Direct(folder, Number(columns), Number(trees));
                return;
        }

        var (rows, width, rounds, repeats) = (Given(0, 1_000_000), Given(1, 50), Given(2, 200), Given(3, 3));
        var work = Directory.CreateTempSubdirectory("flyball-training-").FullName;
        try
        {
            await Prepare(work, rows, width, rounds);
            List<double> ours = [], theirs = [];
            await Child("pipeline", work);
            for (var repeat = 0; repeat < repeats; repeat++)
            {
                theirs.Add(await Child("direct", work, Text(width), Text(rounds)));
                ours.Add(await Child("pipeline", work));
            }

            double own = Median(ours), direct = Median(theirs);
            Print($"{rows:N0} rows x {width} columns x {rounds} trees, medians of {repeats}: directly {direct:F2} s, pipeline {own:F2} s, ratio {own / direct:F3}");
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }

        int Given(int at, int otherwise) => args.Length > at ? Number(args[at]) : otherwise;
    }

    private static async Task Prepare(string work, int rows, int columns, int trees)
    {
        var project = Path.Combine(work, "project");
        WideRows.WriteProject(project, columns, trees);
        var csv = Path.Combine(work, "rows.csv");
        WideRows.WriteCsv(csv, rows, columns);
        var plan = ProjectPlan.Load(project, out var problems) ?? throw new InvalidOperationException(string.Join('\n', problems));
        var model = plan.Models[WideRows.Model];
        await using var workspace = Workspace.Open(Path.Combine(work, "data"), TimeProvider.System, [.. TrainingTables.Migrations]);
        var events = new EventLog(workspace.Events, plan.ContractSet);
        events.Replay();
        var total = await EventImport.RunAsync(events, "rows", csv, default, Caller.Local("bench"), null, CancellationToken.None);
        var tables = EventLake.Extend(workspace.Events, workspace.Lake, TrainingSetBuilder.SourcesOf(model), events.Applied);
        Print($"{total.Accepted:N0} rows imported, {total.Quarantined:N0} put aside");
        var directory = Path.Combine(work, JobFolder);
        foreach (var (path, content) in plan.Files)
        {
            var target = Path.Combine(directory, TrainingJob.ProjectFolderName, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, content);
        }

        new TrainingJob
        {
            RunId = Digest.Of("a run").Hex,
            Model = WideRows.Model,
            Horizon = events.Applied.Seq,
            AsOfMicros = ModelSpine.TimeOf(workspace.Directory.Lake, tables).Micros,
            Tables = [.. tables.Select(t => (JsonObject)JsonNode.Parse(t.ToJson())!)],
        }.Write(directory);
        StoredDatasets.Offer(directory, Path.Combine(work, "datasets"), "bench");
        File.Delete(csv);
    }

    /// <summary>The worker as a run starts it, on stored feature values: everything but the lake and the features counts.</summary>
    private static void Pipeline(string work)
    {
        var directory = Path.Combine(work, JobFolder);
        if (Directory.Exists(Path.Combine(directory, "steps")))
        {
            Directory.Delete(Path.Combine(directory, "steps"), recursive: true);
        }

        var done = new List<JsonNode>();
        _ = new TrainingWorker(directory, Path.Combine(work, "data", "lake"), TimeProvider.System, line => Take(JsonNode.Parse(line)!)).Run();
        var counted = Seconds("seconds");
        Print($"  pipeline: {string.Join(", ", done.Select(s => string.Create(CultureInfo.InvariantCulture, $"{(string)s["step"]!} {(double)s["seconds"]!:F2} s ({(double)s["cpu_seconds"]!:F2})")))}; {counted:F1} s, {Seconds("cpu_seconds"):F1} s of processor; peak {Peak():N0} MB");
        Console.WriteLine(counted.ToString("R", CultureInfo.InvariantCulture));

        double Seconds(string member) => done.Where(s => (string)s["step"]! is not ("extract" or "features")).Sum(s => (double)s[member]!);

        void Take(JsonNode line)
        {
            if (line["seconds"] is not null)
            {
                done.Add(line);
            }
        }
    }

    private static void Direct(string work, int columns, int trees)
    {
        var values = TrainingValues(Directory.GetFiles(Path.Combine(work, "datasets"))[0]);
        var labels = new float[values.Length / columns];
        for (var row = 0; row < labels.Length; row++)
        {
            labels[row] = WideRows.LabelOf(values.AsSpan(row * columns, columns));
        }

        var settings = new XGBoostParameters { Rounds = trees, MaxDepth = 6, LearningRate = 0.1, Seed = 7 }.ToBooster(0.5f);
        var clock = Stopwatch.StartNew();
        using var matrix = XGBoostMatrix.FromDense(values, labels.Length, columns);
        matrix.SetLabels(labels);
        using var booster = XGBoostBooster.Create(settings, matrix);
        for (var round = 0; round < trees; round++)
        {
            booster.Update(round, matrix);
        }

        Print($"  directly: {labels.Length:N0} rows, {clock.Elapsed.TotalSeconds:F2} s, {Environment.CpuUsage.TotalTime.TotalSeconds:F1} s of processor; peak {Peak():N0} MB");
        Console.WriteLine(clock.Elapsed.TotalSeconds.ToString("R", CultureInfo.InvariantCulture));
    }

    /// <summary>The first part of a stored set without categories: the training rows.</summary>
    private static float[] TrainingValues(string path)
    {
        using var file = File.OpenRead(path);
        file.Position = 40;
        Span<byte> number = stackalloc byte[8];
        file.ReadExactly(number);
        var values = new float[BitConverter.ToInt64(number)];
        for (var at = 0; at < values.Length; at += 1 << 20)
        {
            file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan(at, Math.Min(1 << 20, values.Length - at))));
        }

        return values;
    }

    /// <summary>Runs one side in a process of its own; its last line is its seconds.</summary>
    private static async Task<double> Child(params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["training", .. args]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var lines = (await process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{args[0]} ended with {process.ExitCode}.");
        }

        Console.WriteLine(string.Join('\n', lines[..^1]));
        return double.Parse(lines[^1], CultureInfo.InvariantCulture);
    }

    private static double Median(List<double> seconds) => seconds.Order().ElementAt(seconds.Count / 2);

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Peak()
    {
        using var self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64 >> 20;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
