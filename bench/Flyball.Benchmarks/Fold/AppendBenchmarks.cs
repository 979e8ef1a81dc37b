using BenchmarkDotNet.Attributes;
using Flyball.Engine.Time;

namespace Flyball.Benchmarks.Fold;

/// <summary>Rows appended in order to one new timeline; per row.</summary>
[MemoryDiagnoser]
public class AppendBenchmarks
{
    private const int Rows = 1000;

    [Benchmark(OperationsPerInvoke = Rows)]
    public int Append()
    {
        var timeline = CustomerActivity.Plan.NewTimeline();
        CustomerActivity.Fill(CustomerActivity.Plan, timeline, Rows, 30 * Clock.MicrosPerDay);
        return timeline.Count;
    }
}
