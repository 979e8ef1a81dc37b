using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Flyball.Engine.Expressions;
using Flyball.Server.Hosting;
using Flyball.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace Flyball.Benchmarks.Serving;

/// <summary>Everything of a prediction but HTTP, on one thread of this process: reading and validating, features, the model, the decision, the log, metrics, writing the answer.</summary>
internal static class DeskBenchmark
{
    private const int Rounds = 100_000;

    /// <param name="folder">As <c>serving prepare</c> left it.</param>
    public static async Task RunAsync(string folder)
    {
        await using var host = await FlyballHost.StartAsync(
            new FlyballHostOptions { Project = BenchedModel.ProjectIn(folder), Data = Path.Combine(folder, "data"), Urls = "http://127.0.0.1:0" }, CancellationToken.None);
        var desk = host.Services.GetRequiredService<PredictionDesk>();
        var log = host.Services.GetRequiredService<PredictionLog>();
        var requests = File.ReadLines(BenchedModel.RequestsIn(folder)).Select(Encoding.UTF8.GetBytes).ToArray();
        var buffer = new ArrayBufferWriter<byte>(1 << 12);
        for (var round = 0; round < 4; round++)
        {
            var times = new long[Rounds];
            var dropped = log.Dropped;
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Rounds; i++)
            {
                var begun = Stopwatch.GetTimestamp();
                await AnswerAsync(desk, requests[i % requests.Length], buffer);
                times[i] = Stopwatch.GetTimestamp() - begun;
                if (i % 64 == 0)
                {
                    // The journal's writer has another core; where there is none it needs a moment, or the queue fills and drops.
                    Thread.Yield();
                }
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            Array.Sort(times);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"everything but HTTP: p50 {Microseconds(times[Rounds / 2]):F2} us, p90 {Microseconds(times[Rounds * 9 / 10]):F2} us, p99 {Microseconds(times[Rounds * 99 / 100]):F2} us; {allocated / Rounds} bytes allocated a request; {log.Dropped - dropped} records dropped"));
        }

        Parts(desk, requests, buffer);
    }

    /// <summary>The same cut into its parts, each on its own.</summary>
    private static void Parts(PredictionDesk desk, byte[][] requests, ArrayBufferWriter<byte> buffer)
    {
        var plan = desk.PlanFor("bench")!;
        var row = RequestRow.Read(plan, requests[0], out _);
        var vector = new Value[plan.Champion.Vector.Columns.Count];
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i] = Value.FromNumber(i * 0.01);
        }

        Time("reading, validating and writing a canonical row", () => RequestRow.Read(plan, requests[0], out _));
        Time("writing a canonical row", () => RequestRow.Of(plan, row.Values));
        Time("the model with its encoding and calibration", () => plan.Champion.Scorer.ScoreOne(vector));
        var record = desk.AnswerAsync(plan, new[] { row }, default, default).AsTask().GetAwaiter().GetResult().Records[0];
        Time("encoding the record for the log", () => PredictionCodec.Encode(record));
        Time("writing the answer", () => Write(plan, record, buffer));
    }

    private static void Time(string what, Action act)
    {
        for (var i = 0; i < Rounds; i++)
        {
            act();
        }

        var best = double.MaxValue;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var repeat = 0; repeat < 20; repeat++)
        {
            var begun = Stopwatch.GetTimestamp();
            for (var i = 0; i < Rounds / 20; i++)
            {
                act();
            }

            best = Math.Min(best, Microseconds(Stopwatch.GetTimestamp() - begun) / (Rounds / 20));
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what}: {best:F2} us, {allocated / Rounds} bytes"));
    }

    private static async ValueTask AnswerAsync(PredictionDesk desk, byte[] body, ArrayBufferWriter<byte> buffer)
    {
        var plan = desk.PlanFor("bench")!;
        var row = RequestRow.Read(plan, body, out var problems);
        if (problems is not null)
        {
            throw new InvalidOperationException(problems[0].Message);
        }

        var answer = await desk.AnswerAsync(plan, new[] { row }, new PredictionTerms(PredictionRoute.Predict, Stopwatch.GetTimestamp(), null, null), CancellationToken.None);
        Write(plan, answer.Records[0], buffer);
    }

    private static void Write(TrafficPlan plan, PredictionRecord record, ArrayBufferWriter<byte> buffer)
    {
        buffer.ResetWrittenCount();
        using var writer = new Utf8JsonWriter(buffer);
        PredictionJson.Write(plan, record, writer);
        writer.Flush();
    }

    private static double Microseconds(long ticks) => ticks * 1e6 / Stopwatch.Frequency;
}
