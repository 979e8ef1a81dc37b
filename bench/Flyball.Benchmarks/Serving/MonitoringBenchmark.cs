using System.Globalization;
using Flyball.Benchmarks.Features;

namespace Flyball.Benchmarks.Serving;

/// <summary>
/// What watching costs: the same predictions by a server whose loops run (drift, labels, the log's index, rollouts) and whose metrics are asked for
/// every second, and by one whose loops do not run and that nobody asks. In turn; both answer, count and log alike.
/// </summary>
internal static class MonitoringBenchmark
{
    private static readonly TimeSpan Scrape = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(string script, int repeats, int seconds)
    {
        var folder = Directory.CreateTempSubdirectory("flyball-watched-").FullName;
        try
        {
            BenchedModel.Write(folder);
            using var watched = await StartAsync(folder, loops: true);
            using var alone = await StartAsync(folder, loops: false);
            foreach (var connections in (int[])[8, 64])
            {
                var shares = new List<double>();
                for (var repeat = -1; repeat < repeats; repeat++)
                {
                    var with = await WatchedRunAsync(script, watched, folder, connections, seconds);
                    var without = await WrkRun.Async(script, alone.Address, "/v1/models/bench/predict", BenchedModel.RequestsIn(folder), connections, seconds);
                    if (repeat < 0)
                    {
                        // Both are warm from here on.
                        continue;
                    }

                    shares.Add(with.PerSecond / without.PerSecond);
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {connections} connections: watched {with.PerSecond:F0}/s, alone {without.PerSecond:F0}/s"));
                }

                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{connections} connections, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}: watched {shares.Order().ElementAt(repeats / 2):F3} of alone (median of {repeats} pairs; bar 0.90)"));
            }

            await watched.StopAsync();
            await alone.StopAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<ServedProgram> StartAsync(string folder, bool loops)
    {
        var program = await ServedProgram.StartHereAsync(BenchedModel.ProjectIn(folder), Path.Combine(folder, loops ? "watched" : "alone"), loops);
        await BenchedModel.DeployAsync(program, folder);
        return program;
    }

    private static async Task<WrkRun> WatchedRunAsync(string script, ServedProgram program, string folder, int connections, int seconds)
    {
        using var http = new HttpClient { BaseAddress = program.Address };
        using var ending = new CancellationTokenSource();
        var scraping = ScrapeAsync(http, ending.Token);
        var run = await WrkRun.Async(script, program.Address, "/v1/models/bench/predict", BenchedModel.RequestsIn(folder), connections, seconds);
        await ending.CancelAsync();
        await scraping;
        return run;
    }

    private static async Task ScrapeAsync(HttpClient http, CancellationToken ending)
    {
        using var timer = new PeriodicTimer(Scrape);
        try
        {
            while (await timer.WaitForNextTickAsync(ending))
            {
                _ = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative), ending);
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }
}
