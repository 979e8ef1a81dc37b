using Flyball.Engine.Expressions;
using Flyball.Training.Datasets;

namespace Flyball.Training.ModelTests;

/// <summary>
/// Latency of features plus model for one row at a time, in microseconds, on the machine that trained.
/// <list type="number">
/// <item>Up to 2000 test rows are read and scored one by one on one thread, as serving reads and scores a request: features at the row's instant, the
/// model, calibration. Reading the request, the contract's rules and the answer are not in it.</item>
/// <item>A round over all rows comes first and is not counted. Then as many whole rounds are timed as give at least 1000 measurements.</item>
/// <item>A percentile is the smallest measurement that at least that share of measurements does not exceed.</item>
/// </list>
/// </summary>
/// <param name="Rows">Different rows that were scored.</param>
/// <param name="Measurements">How often one was timed.</param>
/// <param name="P50Micros">Median.</param>
/// <param name="P95Micros">95th percentile.</param>
/// <param name="P99Micros">99th percentile.</param>
public sealed record RowLatency(int Rows, int Measurements, double P50Micros, double P95Micros, double P99Micros)
{
    private const int MostRows = 2_000;
    private const int FewestMeasurements = 1_000;

    /// <summary>The percentile of a gate's name, such as <c>latency_p95</c>; null when it is none of the three.</summary>
    public double? Named(string metric) => metric switch
    {
        "latency_p50" => P50Micros,
        "latency_p95" => P95Micros,
        "latency_p99" => P99Micros,
        _ => null,
    };

    internal static RowLatency Measure(FeatureReader reader, BundleScorer scorer, TrainingPart part, TimeProvider time)
    {
        var scratch = new Value[reader.ScratchWidth];
        var values = new Value[scorer.Manifest.Features.Count];
        var rows = Math.Min(MostRows, part.Rows);
        var rounds = (FewestMeasurements + rows - 1) / rows;
        var micros = new double[rounds * rows];
        for (var measured = -rows; measured < micros.Length; measured++)
        {
            var started = time.GetTimestamp();
            reader.Read((measured + rows) % rows, scratch, values);
            scorer.ScoreOne(values);
            if (measured >= 0)
            {
                micros[measured] = time.GetElapsedTime(started).TotalMicroseconds;
            }
        }

        return Of(micros, rows);
    }

    /// <summary>The percentiles of measurements, which are sorted in place; there is at least one.</summary>
    internal static RowLatency Of(double[] micros, int rows)
    {
        Array.Sort(micros);
        return new RowLatency(rows, micros.Length, At(0.5), At(0.95), At(0.99));

        // Less a hair, so that 0.95 of 100 is the 95th and not, by rounding, the 96th.
        double At(double share) => micros[Math.Max(0, (int)Math.Ceiling((share * micros.Length) - 1e-9) - 1)];
    }
}
