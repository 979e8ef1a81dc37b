using System.Diagnostics;
using System.Globalization;
using Flyball.Contracts;
using Flyball.Contracts.Odcs;
using Flyball.Engine.Time;
using Flyball.Features;
using Flyball.Features.History;
using Flyball.Native.DuckDb;
using Flyball.Projects;
using Flyball.Storage.Lakes;

namespace Flyball.Benchmarks.History;

/// <summary>
/// Histories side by side with DuckDB over the same files and cores: 20 windows, and the latest value. Each contender runs in a process of its own
/// and writes its result as Parquet; medians of five with the fastest and the slowest, processor time and the most memory that was resident. Contenders
/// take turns, so that other load meets both. A run begins cold, as a worker does; a second one in the same process shows what the start costs.
/// </summary>
internal static class HistoryBenchmark
{
    private const int Rounds = 5;

    /// <summary>All of it would take longer than all others together.</summary>
    private const int PandasShare = 10;

    private const string Contract = """
        apiVersion: v3.1.0
        kind: DataContract
        id: payments
        version: 1.0.0
        status: active
        schema:
          - name: payments
            properties:
              - { name: event_time, logicalType: timestamp, required: true, customProperties: [ { property: eventTime, value: true } ] }
              - { name: customer_id, logicalType: integer, customProperties: [ { property: entity, value: customer } ] }
              - { name: amount, logicalType: number }
        """;

    private static readonly (string Name, string Text, string Sql)[] Windows = [("1h", "1h", "1 HOUR"), ("1d", "1d", "1 DAY"), ("7d", "7d", "7 DAY"), ("30d", "30d", "30 DAY")];
    private static readonly (string Name, string Sql)[] Aggregates = [("sum", "sum(amount)"), ("count", "count(amount)"), ("mean", "avg(amount)"), ("min", "min(amount)"), ("max", "max(amount)")];

    /// <param name="arguments"><c>[--rounds N] [--folder DIR] [EVENTS SPINE_ROWS]</c>, <c>memory [--folder DIR] EVENTS SPINE_ROWS</c>, or <c>pandas</c> for ours once beside pandas; a child process is told its contender.</param>
    public static void Run(string[] arguments)
    {
        var words = arguments.Where((a, i) => !a.StartsWith("--", StringComparison.Ordinal) && (i == 0 || !arguments[i - 1].StartsWith("--", StringComparison.Ordinal))).ToList();
        var folder = Option(arguments, "--folder") ?? Path.Combine(Path.GetTempPath(), "flyball-history-bench");
        var rounds = Option(arguments, "--rounds") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : Rounds;
        var numbers = words.Where(w => char.IsAsciiDigit(w[0])).Select(w => long.Parse(w, CultureInfo.InvariantCulture)).ToList();
        var files = new HistoryFiles(folder, numbers.Count > 0 ? numbers[0] : 5_000_000, numbers.Count > 1 ? numbers[1] : 500_000, numbers.Count > 2 ? numbers[2] : 10_000);
        switch (words.FirstOrDefault())
        {
            case "child":
                Child(words[1], files);
                break;
            case "memory":
                files.Prepare();
                Compare(files, ["ours-windows"], 1);
                break;
            case "pandas":
                files.Prepare();
                Compare(files, ["ours-windows"], 1);
                new PandasContender(files, PandasShare).Run();
                break;
            default:
                files.Prepare();
                Compare(files, ["ours-windows", "duckdb-windows"], rounds);
                Compare(files, ["ours-latest", "duckdb-latest"], rounds);
                Differences(files);
                new PandasContender(files, PandasShare).Run();
                break;
        }
    }

    private static void Compare(HistoryFiles files, string[] contenders, int rounds)
    {
        var all = contenders.ToDictionary(c => c, _ => new List<Measured>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var contender in contenders)
            {
                foreach (var run in Spawn(contender, files))
                {
                    all[contender].Add(run);
                    Print($"{contender} {(run.IsWarm ? "warm" : "cold")}: {run.Wall:F2} s, {run.Processor:F2} s of processor time, peak {run.Peak / 1e6:F0} MB; {run.Phases}");
                }
            }
        }

        foreach (var isWarm in (bool[])[false, true])
        {
            foreach (var contender in contenders)
            {
                var runs = all[contender].Where(r => r.IsWarm == isWarm).ToList();
                var wall = runs.Select(r => r.Wall).Order().ToList();
                Print($"== {contender} {(isWarm ? "warm" : "cold")}: median {Median(wall):F2} s, {wall[0]:F2} to {wall[^1]:F2} s; processor time median {Median(runs.Select(r => r.Processor)):F2} s; peak {runs.Max(r => r.Peak) / 1e6:F0} MB");
            }

            if (contenders.Length == 2)
            {
                double Of(string contender, Func<Measured, double> what) => Median(all[contender].Where(r => r.IsWarm == isWarm).Select(what));
                Print($"== {(isWarm ? "warm" : "cold")}, {contenders[1]} takes {Of(contenders[1], r => r.Wall) / Of(contenders[0], r => r.Wall):F1} times as long, and {Of(contenders[1], r => r.Processor) / Of(contenders[0], r => r.Processor):F1} times the processor time");
            }
        }
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);

    private static IEnumerable<Measured> Spawn(string contender, HistoryFiles files)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in (string[])["history", "child", contender, "--folder", files.Folder, .. new[] { files.Events, files.SpineRows, files.Entities }.Select(n => n.ToString(CultureInfo.InvariantCulture))])
        {
            start.ArgumentList.Add(argument);
        }

        // As a worker is started.
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_GCHeapHardLimit"] = (1_200L << 20).ToString("x", CultureInfo.InvariantCulture);
        using var child = Process.Start(start)!;
        var answer = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        if (child.ExitCode != 0)
        {
            throw new InvalidOperationException($"{contender} failed: {answer}");
        }

        return [.. answer.Trim().Split('\n').Select((line, at) => line.Split(' ', 4) is var words
            ? new Measured(at > 0, double.Parse(words[0], CultureInfo.InvariantCulture), double.Parse(words[1], CultureInfo.InvariantCulture), long.Parse(words[2], CultureInfo.InvariantCulture), words[3])
            : null!)];
    }

    private static void Child(string contender, HistoryFiles files)
    {
        var manifest = Manifest(files);
        for (var round = 0; round < 2; round++)
        {
            var phases = new List<string>();
            var started = Stopwatch.GetTimestamp();
            var cpu = Environment.CpuUsage.TotalTime;
            var output = Path.Combine(files.Folder, contender + ".parquet");
            File.Delete(output);
            if (contender.StartsWith("ours", StringComparison.Ordinal))
            {
                Ours(files, manifest, contender.EndsWith("latest", StringComparison.Ordinal), output, phases, started);
            }
            else
            {
                Theirs(files, contender.EndsWith("latest", StringComparison.Ordinal), output);
            }

            var wall = Stopwatch.GetElapsedTime(started).TotalSeconds;
            var spent = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
            using var process = Process.GetCurrentProcess();
            Print($"{wall:F3} {spent:F3} {process.PeakWorkingSet64} {string.Join("; ", phases)}.");
        }
    }

    private static LakeManifest Manifest(HistoryFiles files)
    {
        using var lake = Lake.Open(files.Lake);
        return lake.Manifest("payments", new Horizon(files.Events));
    }

    private static void Ours(HistoryFiles files, LakeManifest manifest, bool latest, string output, List<string> phases, long started)
    {
        var problems = new ProblemList();
        var contract = ContractCompiler.Compile(YamlSection.Parse("payments.odcs.yaml", Contract, problems)!)!;
        var features = latest
            ? "  amount: latest(amount) over 3650d\n"
            : string.Concat(Windows.SelectMany(w => Aggregates.Select(a => $"  {a.Name}_{w.Name}: {a.Name}(amount) over {w.Text}\n")));
        var definition = FeatureViewDefinition.Read(YamlSection.Parse("features/v.yaml", $"view: v\nentity: customer_id\nsource: payments\nfeatures:\n{features}", problems)!)!;
        var views = FeaturePlans.Compile([definition], new Dictionary<string, ContractPlan> { ["payments"] = contract }, problems).EntityViews;
        var horizon = new Horizon(files.Events);
        var lanes = ViewLane.Of(views.Select(v => (v, "customer_id")), horizon, default, tellsStatuses: false);
        var plan = new HistoryPlan([.. lanes.Select(l => l.Lane)], new ViewShape(views, lanes, tellsStatuses: false), default, [manifest]);
        var folder = Directory.CreateTempSubdirectory("flyball-history-run-").FullName;
        try
        {
            File.Copy(files.Spine, Path.Combine(folder, "spine.parquet"));
            var options = new HistoryOptions();
            using var spine = SpineFile.Open(Path.Combine(folder, "spine.parquet"), folder, options);
            Note("read");
            var run = new HistoryRun(plan, spine, files.Lake, options, (step, _) => Note(step));
            run.Run();
            Note("ordered");
            HistoryOutput.Write(plan, spine, Path.Combine(folder, "result.parquet"), null, null);
            Note("written");
            File.Move(Path.Combine(folder, "result.parquet"), output);
            phases.Add(string.Create(CultureInfo.InvariantCulture, $"{run.Events:N0} events, {run.Spilled / 1e6:F0} MB spilled"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        void Note(string step)
        {
            lock (phases)
            {
                var at = string.Create(CultureInfo.InvariantCulture, $"{step} {Stopwatch.GetElapsedTime(started).TotalSeconds:F2} ({Environment.CpuUsage.TotalTime.TotalSeconds:F2})");
                if (phases.Count > 0 && phases[^1].StartsWith(step + " ", StringComparison.Ordinal))
                {
                    phases[^1] = at;
                }
                else
                {
                    phases.Add(at);
                }
            }
        }
    }

    /// <summary>
    /// Windows: RANGE frames over the union of events and spine, of which every row computes a frame and those of the spine stay; the other form, a
    /// join of each row with the events of its window, aggregates a thousand times the rows. Equal instants of the spine do not see each other: a frame
    /// ends a microsecond before, and the spine's amounts are null. Latest: ASOF JOIN.
    /// </summary>
    private static void Theirs(HistoryFiles files, bool latest, string output)
    {
        using var database = DuckDbDatabase.OpenInMemory(new() { Threads = Environment.ProcessorCount });
        using var connection = database.Connect();
        if (latest)
        {
            connection.Execute($"COPY (SELECT s.*, e.amount FROM read_parquet('{files.Spine}') s ASOF LEFT JOIN read_parquet('{files.EventsGlob}') e ON s.customer_id = e.customer_id AND s.event_time >= e.event_time ORDER BY s.row) TO '{output}' (FORMAT parquet, COMPRESSION zstd)");
            return;
        }

        var columns = string.Join(", ", Windows.SelectMany(w => Aggregates.Select(a => $"{a.Sql} OVER w{w.Name} AS {a.Name}_{w.Name}")));
        var frames = string.Join(", ", Windows.Select(w => $"w{w.Name} AS (PARTITION BY customer_id ORDER BY event_time RANGE BETWEEN INTERVAL {w.Sql} PRECEDING AND INTERVAL 1 MICROSECOND PRECEDING)"));
        connection.Execute($"""
            COPY (SELECT * FROM (
                SELECT row, customer_id, event_time, {columns}
                FROM (SELECT NULL::BIGINT AS row, customer_id, event_time, amount FROM read_parquet('{files.EventsGlob}')
                      UNION ALL SELECT row, customer_id, event_time, NULL FROM read_parquet('{files.Spine}'))
                WINDOW {frames}) WHERE row IS NOT NULL ORDER BY row) TO '{output}' (FORMAT parquet, COMPRESSION zstd)
            """);
    }

    /// <summary>Speed over wrong values is none: both results, value by value.</summary>
    private static void Differences(HistoryFiles files)
    {
        using var database = DuckDbDatabase.OpenInMemory(new() { Threads = Environment.ProcessorCount });
        using var connection = database.Connect();
        string File(string contender) => $"read_parquet('{Path.Combine(files.Folder, contender)}.parquet')";
        var differ = string.Join(" OR ", Windows.SelectMany(w => Aggregates.Select(a => a.Name is "sum" or "mean"
            ? $"(o.v__{a.Name}_{w.Name} IS NULL) <> (d.{a.Name}_{w.Name} IS NULL) OR abs(o.v__{a.Name}_{w.Name} - d.{a.Name}_{w.Name}) > 1e-9 * abs(d.{a.Name}_{w.Name})"
            : $"o.v__{a.Name}_{w.Name} IS DISTINCT FROM d.{a.Name}_{w.Name}")));
        using var windows = connection.Query($"SELECT count(*), count(*) FILTER ({differ}) FROM {File("ours-windows")} o JOIN {File("duckdb-windows")} d USING (row)");
        var found = windows.NextChunk()!;
        Print($"windows: {found.Column<long>(0)[0]:N0} rows compared, {found.Column<long>(1)[0]} differ");
        using var latest = connection.Query($"SELECT count(*), count(*) FILTER (o.v__amount IS DISTINCT FROM d.amount) FROM {File("ours-latest")} o JOIN {File("duckdb-latest")} d USING (row)");
        found = latest.NextChunk()!;
        Print($"latest: {found.Column<long>(0)[0]:N0} rows compared, {found.Column<long>(1)[0]} differ (ties of one instant, which SQL leaves open)");
    }

    private static string? Option(string[] arguments, string name)
    {
        var at = Array.IndexOf(arguments, name);
        return at >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : null;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private sealed record Measured(bool IsWarm, double Wall, double Processor, long Peak, string Phases);
}
