using System.Runtime.ExceptionServices;
using Flyball.Engine.Expressions;
using Flyball.Training.Datasets;

namespace Flyball.Training.ModelTests;

/// <summary>Latency of features plus model when several threads score at once, in microseconds, on the machine that trained.</summary>
/// <param name="Threads">Threads that scored.</param>
/// <param name="Rows">Rows each scored after its warm-up.</param>
/// <param name="P50Micros">Median.</param>
/// <param name="P99Micros">99th percentile.</param>
public sealed record LoadLatency(int Threads, int Rows, double P50Micros, double P99Micros)
{
    private const int MostRows = 500;

    /// <summary>Measures as many threads as there are processors, at least two and at most eight, each over up to 500 rows of the part. Every thread is joined.</summary>
    internal static LoadLatency Measure(FeatureReader reader, BundleScorer scorer, TrainingPart part, TimeProvider time)
    {
        var threads = Math.Clamp(Environment.ProcessorCount, 2, 8);
        var rows = Math.Min(MostRows, part.Rows);
        var micros = new double[threads][];
        var failed = new Exception?[threads];
        Thread[] all = [.. Enumerable.Range(0, threads).Select(t => new Thread(() => Guard(t)) { IsBackground = true })];
        foreach (var thread in all)
        {
            thread.Start();
        }

        foreach (var thread in all)
        {
            thread.Join();
        }

        if (failed.FirstOrDefault(f => f is not null) is { } first)
        {
            ExceptionDispatchInfo.Throw(first);
        }

        double[] sorted = [.. micros.SelectMany(m => m).Order()];
        return new LoadLatency(threads, rows, sorted[(int)(0.5 * (sorted.Length - 1))], sorted[(int)(0.99 * (sorted.Length - 1))]);

        void Guard(int thread)
        {
            try
            {
                micros[thread] = Score(reader, scorer, rows, thread, time);
            }
            catch (Exception e)
            {
                // Thrown here it would end the process: the one who waits throws it.
                failed[thread] = e;
            }
        }
    }

    private static double[] Score(FeatureReader reader, BundleScorer scorer, int rows, int thread, TimeProvider time)
    {
        var micros = new double[rows];
        var values = new Value[scorer.Manifest.Features.Count];
        var scratch = new Value[reader.ScratchWidth];
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < rows; i++)
            {
                // Threads begin at different rows, as different callers would.
                var row = (i + (thread * rows / 8)) % rows;
                var started = time.GetTimestamp();
                reader.Read(row, scratch, values);
                scorer.ScoreOne(values);
                micros[i] = time.GetElapsedTime(started).TotalMicroseconds;
            }
        }

        return micros;
    }
}

/// <summary>Reads the features of a row of a part.</summary>
/// <param name="ScratchWidth">Length of the scratch row.</param>
/// <param name="Read">Fills the vector of a row.</param>
internal sealed record FeatureReader(int ScratchWidth, ReadVector Read);

/// <summary>Fills the vector of a row.</summary>
internal delegate void ReadVector(int row, Value[] scratch, Value[] vector);
