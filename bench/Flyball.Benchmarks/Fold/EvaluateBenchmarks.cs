using BenchmarkDotNet.Attributes;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;

namespace Flyball.Benchmarks.Fold;

/// <summary>One entity, four features, windows of 30 days: what one lookup costs at prediction time.</summary>
[MemoryDiagnoser]
public class EvaluateBenchmarks
{
    private readonly Value[] into = new Value[4];
    private EntityViewPlan plan = null!;
    private EntityTimeline timeline = null!;
    private Horizon horizon;

    [Params(60, 1_000, 100_000)]
    public int RowsInWindow { get; set; }

    /// <summary>Whether rows beyond the horizon force a test of each row, as in a training set.</summary>
    [Params(false, true)]
    public bool Replayed { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        plan = CustomerActivity.Plan;
        timeline = plan.NewTimeline();
        CustomerActivity.Fill(plan, timeline, RowsInWindow, 30 * Clock.MicrosPerDay);
        horizon = Replayed ? new(RowsInWindow - 1) : Horizon.Unbounded;
    }

    [Benchmark]
    public bool Evaluate() => plan.Evaluate(timeline, new(30 * Clock.MicrosPerDay), horizon, into);
}
