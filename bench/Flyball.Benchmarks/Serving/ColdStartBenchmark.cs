using System.Globalization;
using Flyball.Benchmarks.Features;

namespace Flyball.Benchmarks.Serving;

/// <summary>How long a server with several deployed models takes from the start of its process until it is ready, and what memory it holds then.</summary>
internal static class ColdStartBenchmark
{
    private const int Starts = 5;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(string program, int models)
    {
        var folder = Directory.CreateTempSubdirectory("flyball-cold-").FullName;
        try
        {
            BenchedModel.Write(folder, models);
            var (project, data) = (BenchedModel.ProjectIn(folder), Path.Combine(folder, "data"));
            using (var first = await ServedProgram.StartAsync(program, project, data))
            {
                await BenchedModel.DeployAsync(first, folder, models);
                await first.StopAsync();
            }

            var (ready, memory) = (new List<double>(), new List<double>());
            for (var start = 0; start < Starts; start++)
            {
                using var server = await ServedProgram.StartAsync(program, project, data);
                ready.Add(server.ReadyAfter.TotalSeconds);
                await Task.Delay(Idle);
                memory.Add(server.Memory >> 20);
                await server.StopAsync();
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{models} models, {Starts} starts, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}: ready after {Median(ready):F2} s [{ready.Min():F2}-{ready.Max():F2}] (bar 1.5), resident after {Idle.TotalSeconds:F0} s {Median(memory):F0} MB [{memory.Min():F0}-{memory.Max():F0}] (bar 200)"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Starts / 2);
}
