using System.Diagnostics;
using System.Globalization;
using Flyball.Native.OnnxRuntime;
using Flyball.Serving.Batches;
using Flyball.Training;

namespace Flyball.Benchmarks.Serving;

/// <summary>
/// Scoring of files beside ONNX Runtime called on the same matrix in a loop of full batches, in one process and in turn: the model alone, as a version
/// scores a matrix; and all of it, from a Parquet file through contract and features to a Parquet file. Then the most memory for files that grow, each
/// in a process of its own.
/// </summary>
internal static class ScoreBenchmark
{
    private const int BatchRows = 4_096;

    /// <summary>Columns of the files that grow: few, so that a hundred million rows have room.</summary>
    private const int FewColumns = 4;

    /// <param name="arguments"><c>[ROWS [REPEATS]]</c>, or <c>memory ROWS...</c>; a child process is told its file.</param>
    public static void Run(string[] arguments)
    {
        var folder = Path.Combine(Path.GetTempPath(), "flyball-score-bench");
        Directory.CreateDirectory(folder);
        var files = new ScoredFiles(folder);
        switch (arguments)
        {
            case ["child", var rows]:
                Child(new ScoredFiles(folder, FewColumns), folder, Number(rows));
                break;
            case ["memory", .. var sizes]:
                foreach (var size in sizes)
                {
                    var request = new ScoredFiles(folder, FewColumns).Requests(Number(size));
                    Print($"{Number(size):N0} rows of {FewColumns} columns: {new FileInfo(request).Length / 1e6:N0} MB");
                    Spawn(size);
                    File.Delete(request);
                }

                break;
            default:
                Compare(files, folder, arguments.Length > 0 ? (int)Number(arguments[0]) : 1_000_000, arguments.Length > 1 ? (int)Number(arguments[1]) : 5);
                break;
        }
    }

    private static void Compare(ScoredFiles files, string folder, int rows, int repeats)
    {
        var version = files.Load();
        var requests = files.Requests(rows);
        var matrix = files.Matrix(requests, rows);
        using var session = OnnxSession.Load(files.Onnx);
        using var binding = session.Bind(BatchRows);
        var (direct, scored, whole) = (new List<Spent>(), new List<Spent>(), new List<Spent>());
        var sums = (Direct: 0d, Scored: 0d);
        var scores = new Score[rows];
        for (var round = 0; round < repeats; round++)
        {
            direct.Add(Seconds(() => sums.Direct = Direct(binding, matrix, rows, files.Columns)));
            scored.Add(Seconds(() =>
            {
                ((BundleScorer)version.Scorer).ScoreMany(matrix, scores);
                sums.Scored = scores.Sum(s => (double)s.Raw);
            }));
            whole.Add(Seconds(() => new BatchScoring(version).Run(new BatchTerms { Input = requests, Output = Path.Combine(folder, "scores.parquet"), BatchRows = BatchRows }, null, CancellationToken.None)));
            Print($"round {round + 1}: ONNX Runtime {rows / direct[^1].Wall:N0} rows/s, a version's scorer {rows / scored[^1].Wall:N0}, file to file {rows / whole[^1].Wall:N0}; processor {direct[^1].Processor / rows * 1e6:F2}, {scored[^1].Processor / rows * 1e6:F2} and {whole[^1].Processor / rows * 1e6:F2} us a row");
        }

        Print($"== {rows:N0} rows of {files.Columns} columns, 100 trees of depth 6, batches of {BatchRows}; medians of {repeats}: ONNX Runtime {rows / Median(direct, s => s.Wall):N0} rows/s, the scorer {rows / Median(scored, s => s.Wall):N0} ({Median(direct, s => s.Wall) / Median(scored, s => s.Wall):F2}), file to file {rows / Median(whole, s => s.Wall):N0} ({Median(direct, s => s.Wall) / Median(whole, s => s.Wall):F2})");
        Print($"== processor time a row: {Median(direct, s => s.Processor) / rows * 1e6:F2}, {Median(scored, s => s.Processor) / rows * 1e6:F2} and {Median(whole, s => s.Processor) / rows * 1e6:F2} us, the last over two threads");
        Print($"== sums of scores: {sums.Direct:R} and {sums.Scored:R}");
        version.Scorer.Dispose();
    }

    private static double Direct(OnnxBinding binding, float[] matrix, int rows, int columns)
    {
        var sum = 0d;
        for (var start = 0; start < rows; start += BatchRows)
        {
            var count = Math.Min(BatchRows, rows - start);
            matrix.AsSpan(start * columns, count * columns).CopyTo(binding.Input);
            binding.Run(count);
            foreach (var score in binding.Output[..count])
            {
                sum += score;
            }
        }

        return sum;
    }

    private static void Child(ScoredFiles files, string folder, long rows)
    {
        var version = files.Load();
        var started = Stopwatch.GetTimestamp();
        var result = new BatchScoring(version).Run(new BatchTerms { Input = files.Requests(rows), Output = Path.Combine(folder, "scores-memory.parquet") }, null, CancellationToken.None);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Print($"{result.Rows:N0} rows in {seconds:F1} s, {result.Rows / seconds:N0} rows/s, {Environment.CpuUsage.TotalTime.TotalSeconds:F1} s of processor, peak {result.PeakMemoryBytes / 1e6:F0} MB");
        version.Scorer.Dispose();
        File.Delete(Path.Combine(folder, "scores-memory.parquet"));
    }

    private static void Spawn(string rows)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false };
        foreach (var argument in (string[])["score", "child", rows])
        {
            start.ArgumentList.Add(argument);
        }

        using var child = Process.Start(start)!;
        child.WaitForExit();
    }

    private static Spent Seconds(Action work)
    {
        var (started, before) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        work();
        return new Spent(Stopwatch.GetElapsedTime(started).TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
    }

    private static double Median(IEnumerable<Spent> spent, Func<Spent, double> what) => spent.Select(what).Order().ElementAt(spent.Count() / 2);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private sealed record Spent(double Wall, double Processor);
}
