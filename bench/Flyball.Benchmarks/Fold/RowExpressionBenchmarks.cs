using BenchmarkDotNet.Attributes;
using Flyball.Engine.Expressions;

namespace Flyball.Benchmarks.Fold;

/// <summary>One expression over one row: the tree of nodes, and the same tree of closures that it was chosen over.</summary>
[MemoryDiagnoser]
public class RowExpressionBenchmarks
{
    private readonly Value[] row = [Value.FromNumber(12.5), Value.FromTimestamp(1_795_239_000_000_001), Value.FromNumber(2.5)];
    private RowPlan plan = null!;
    private Computation closures = null!;

    private delegate Value Computation(ReadOnlySpan<Value> row);

    [GlobalSetup]
    public void Setup()
    {
        var schema = new RowSchema([new("amount", ScalarType.Number), new("event_time", ScalarType.Timestamp), new("mean", ScalarType.Number)]);
        plan = RowBinder.Bind("(amount + 1.0) / mean * (amount - 2.0)", schema).Plan!;
        closures = Combine(
            Combine(Combine(Column(0), Constant(1), (a, b) => a + b), Column(2), (a, b) => a / b),
            Combine(Column(0), Constant(2), (a, b) => a - b),
            (a, b) => a * b);
    }

    [Benchmark(Baseline = true)]
    public Value Nodes() => plan.Evaluate(row);

    [Benchmark]
    public Value Closures() => closures(row);

    private static Computation Column(int index) => row => row[index];

    private static Computation Constant(double value) => _ => Value.FromNumber(value);

    private static Computation Combine(Computation left, Computation right, Func<double, double, double> apply) => row =>
    {
        var (a, b) = (left(row), right(row));
        return a.IsNull || b.IsNull ? Value.Null : Value.FromNumber(apply(a.AsNumber, b.AsNumber));
    };
}
