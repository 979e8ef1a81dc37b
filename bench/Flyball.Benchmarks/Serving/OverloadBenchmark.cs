using System.Diagnostics;
using System.Text;
using Flyball.Benchmarks.Features;
using Answer = Flyball.Benchmarks.Serving.OpenLoad.Answer;

namespace Flyball.Benchmarks.Serving;

/// <summary>
/// Five times the requests that the server can answer, for a minute: how many are still answered, how fast, and how long it takes until all is as before. The server
/// has one processor, and the client another. A request is so much work that refusing five of them leaves time to answer one: four of five are refused, so nine
/// tenths of the capacity are left only where a refusal costs less than a fortieth of an answer.
/// </summary>
internal static class OverloadBenchmark
{
    private const int RowsEach = 50;
    private const double Normal = 0.6;
    private const double Times = 5;
    private const int Rounds = 5;
    private const int MostRounds = 12;

    /// <summary>One request is answered, one waits and one is on its way: enough to be busy all the time, and nothing is refused.</summary>
    private const int Busy = 3;

    private const double LeastGoodput = 0.9;
    private const double MostTimesNormal = 2;
    private const double LongestRecovery = 5;

    /// <summary>What a recovery is judged by.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(0.5);

    /// <summary>So many windows as before, one after the other, are no chance.</summary>
    private const int GoodInARow = 4;

    /// <param name="dll">Path of Flyball.Server.dll.</param>
    /// <param name="seconds">How long the overload lasts.</param>
    public static async Task RunAsync(string dll, int seconds)
    {
        OpenLoad.Prepare();
        var folder = Directory.CreateTempSubdirectory("flyball-overload-").FullName;
        try
        {
            BenchedModel.Write(folder, trees: "rounds: 2000, max_depth: 6, learning_rate: 0.02");
            if (OperatingSystem.IsLinux())
            {
                Process.GetCurrentProcess().ProcessorAffinity = 2;
            }

            using var program = await ServedProgram.StartAsync(dll, BenchedModel.ProjectIn(folder), Path.Combine(folder, "data"), processor: 0);
            await BenchedModel.DeployAsync(program, folder);
            await MeasureAsync(program, Request(folder), seconds);
            await program.StopAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(ServedProgram program, byte[] request, int seconds)
    {
        var capacity = await CapacityAsync(program, request);
        Print($"capacity {capacity.Rate:F0} requests/s of {RowsEach} rows, {1000 / capacity.PerProcessor:F2} ms of processor each; load {Load()}");
        await OpenLoad.OpenAsync(program.Address, request, capacity.Rate * Normal, TimeSpan.FromSeconds(5));
        var before = await OpenLoad.OpenAsync(program.Address, request, capacity.Rate * Normal, TimeSpan.FromSeconds(20));
        var normal = Quantile(before, 0.99);
        Print($"at {Normal:P0} of it, {OpenLoad.Connections} connections: p50 {Quantile(before, 0.5):F2} ms, p99 {normal:F2} ms, {before.Count(a => a.Status != 200)} of {before.Count} refused; load {Load()}");

        var used = program.Processor;
        var flood = await OpenLoad.OpenAsync(program.Address, request, capacity.Rate * Times, TimeSpan.FromSeconds(seconds));
        used = program.Processor - used;
        var after = await OpenLoad.OpenAsync(program.Address, request, capacity.Rate * Normal, TimeSpan.FromSeconds(15));
        var (accepted, refused) = (Accepted(flood), flood.Where(a => a.Status != 200).ToList());
        var p99 = Quantile(accepted, 0.99);
        Print($"offered {flood.Count / (double)seconds / capacity.Rate:F2} times the capacity for {seconds} s: {accepted.Count / (double)seconds:F0}/s answered, p50 {Quantile(accepted, 0.5):F2} ms, p99 {p99:F2} ms; {refused.Count} refused, p50 {Quantile(refused, 0.5):F2} ms, p99 {Quantile(refused, 0.99):F2} ms; statuses {string.Join(", ", flood.GroupBy(a => a.Status).OrderBy(g => g.Key).Select(g => $"{g.Key}: {g.Count()}"))}");
        Print($"the server had {used.TotalSeconds / seconds:P0} of a processor, and answered {accepted.Count / used.TotalSeconds / capacity.PerProcessor:P0} of what it answers in so much time: {1000 * (used.TotalSeconds - (accepted.Count / capacity.PerProcessor)) / refused.Count:F3} ms a refusal; load {Load()}");
        var recovery = Recovery(after, normal * MostTimesNormal, out var bad);
        Print($"afterwards at {Normal:P0}: p99 {Quantile(Accepted(after), 0.99):F2} ms, {bad} half seconds not as before ({Bad(before, normal * MostTimesNormal).Count(b => b)} of those before were not); resident memory {program.Memory >> 20} MB");
        var again = await RoundAsync(program, request);
        Print($"capacity then {again.Rate:F0} requests/s, {1000 / again.PerProcessor:F2} ms of processor each; load {Load()}");

        // What other programs leave of the processor changes meanwhile: the better of both is what the bars are about.
        var best = Math.Max(capacity.Rate, again.Rate);
        var goodput = accepted.Count / (double)seconds / best;
        Print($"beside the better of both, {best:F0} requests/s, {flood.Count / (double)seconds / best:F2} times as much was offered");
        Verdict($"goodput {goodput:P0} of the better capacity", $"at least {LeastGoodput:P0}", goodput >= LeastGoodput);
        Verdict($"p99 of the answered {p99 / normal:F2} times the normal", $"under {MostTimesNormal:F0}", p99 < MostTimesNormal * normal);
        Verdict($"as before after {recovery:F1} s", $"within {LongestRecovery:F0}", recovery <= LongestRecovery);
    }

    /// <summary>
    /// The median of the last rounds, once none is much better than those before it: on one processor code is compiled beside the requests, when there is time, and
    /// what is measured before that is done is no capacity.
    /// </summary>
    private static async Task<(double Rate, double PerProcessor)> CapacityAsync(ServedProgram program, byte[] request)
    {
        await OpenLoad.OpenAsync(program.Address, request, 50, TimeSpan.FromSeconds(20));
        var rounds = new List<(double Rate, double PerProcessor)>();
        do
        {
            rounds.Add(await RoundAsync(program, request));
        }
        while (rounds.Count < Rounds || (rounds.Count < MostRounds && rounds[^1].Rate > 1.03 * rounds[..^1].Max(r => r.Rate)));

        return (Median(r => r.Rate), Median(r => r.PerProcessor));

        double Median(Func<(double Rate, double PerProcessor), double> of) => rounds[^Rounds..].Select(of).Order().ElementAt(Rounds / 2);
    }

    private static async Task<(double Rate, double PerProcessor)> RoundAsync(ServedProgram program, byte[] request)
    {
        var (used, begun) = (program.Processor, Stopwatch.GetTimestamp());
        var answered = Accepted(await OpenLoad.ClosedAsync(program.Address, request, Busy, TimeSpan.FromSeconds(6))).Count;
        return (answered / Stopwatch.GetElapsedTime(begun).TotalSeconds, answered / (program.Processor - used).TotalSeconds);
    }

    /// <summary>Seconds until the first of several windows in a row that are as before.</summary>
    /// <param name="bad">Windows that are not, at any time.</param>
    private static double Recovery(List<Answer> after, double bound, out int bad)
    {
        var windows = Bad(after, bound);
        bad = windows.Count(b => b);
        for (var i = 0; i + GoodInARow <= windows.Count; i++)
        {
            if (!windows.Skip(i).Take(GoodInARow).Contains(true))
            {
                return i * Window.TotalSeconds;
            }
        }

        return double.PositiveInfinity;
    }

    /// <summary>Of each window whether something was refused in it, or its p99 was above a bound.</summary>
    private static List<bool> Bad(List<Answer> answers, double bound)
    {
        var begun = answers.Min(a => a.Due);
        return [.. answers.GroupBy(a => (int)(Stopwatch.GetElapsedTime(begun, a.Due) / Window)).OrderBy(g => g.Key).Select(w => w.Any(a => a.Status != 200) || Quantile([.. w], 0.99) > bound)];
    }

    private static byte[] Request(string folder)
    {
        var rows = File.ReadLines(BenchedModel.RequestsIn(folder)).Take(RowsEach);
        var body = $"{{\"instances\":[{string.Join(',', rows)}]}}";
        return Encoding.ASCII.GetBytes($"POST /v1/models/bench/predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }

    private static List<Answer> Accepted(List<Answer> answers) => [.. answers.Where(a => a.Status == 200)];

    private static double Quantile(List<Answer> answers, double q)
    {
        var sorted = answers.Select(a => a.Milliseconds).Order().ToList();
        return sorted.Count == 0 ? 0 : sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * q))];
    }

    private static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    private static void Verdict(string seen, string bar, bool isMet) => Console.WriteLine($"{(isMet ? "met" : "MISSED")}: {seen} (bar: {bar})");

    private static void Print(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
