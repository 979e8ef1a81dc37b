using System.Diagnostics;
using System.Globalization;
using Flyball.Engine.Time;
using Flyball.Storage.Journals;

namespace Flyball.Benchmarks.Journal;

/// <summary>Durable appends a second from concurrent writers of single events, then records a second of reading and of opening.</summary>
internal static class JournalBenchmark
{
    private const int PayloadBytes = 200;

    internal static async Task Run(string[] arguments)
    {
        var writers = Number(arguments, 0, 64);
        var perWriter = Number(arguments, 1, 5_000);
        var options = new JournalOptions();
        var directory = Directory.CreateTempSubdirectory("flyball-journal-").FullName;
        try
        {
            await Append(directory, options, writers, perWriter / 10);
            Directory.Delete(directory, recursive: true);
            var (rate, p50, p99, syncs) = await Append(directory, options, writers, perWriter);
            Print($"{writers} writers x {perWriter} events of {PayloadBytes} B: {rate:N0} durable appends/s, receipt p50 {p50:F2} ms, p99 {p99:F2} ms, {syncs:N0} syncs");

            var started = Stopwatch.GetTimestamp();
            await using var journal = Storage.Journals.Journal.Open(directory, options, TimeProvider.System);
            Print($"open and check: {journal.Durable.Seq / Stopwatch.GetElapsedTime(started).TotalSeconds:N0} records/s");
            for (var round = 0; round < 3; round++)
            {
                started = Stopwatch.GetTimestamp();
                var before = GC.GetAllocatedBytesForCurrentThread();
                long bytes = 0;
                foreach (var record in journal.Read(new Horizon(0), Horizon.Unbounded))
                {
                    bytes += record.Payload.Length;
                }

                var allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)journal.Durable.Seq;
                Print($"read: {journal.Durable.Seq / Stopwatch.GetElapsedTime(started).TotalSeconds:N0} records/s, {bytes:N0} B of payload, {allocated:F0} B allocated a record");
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<(double Rate, double P50, double P99, long Syncs)> Append(
        string directory, JournalOptions options, int writers, int perWriter)
    {
        await using var journal = Storage.Journals.Journal.Open(directory, options, TimeProvider.System);
        var waits = new double[writers * perWriter];
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(Write));
        var rate = waits.Length / Stopwatch.GetElapsedTime(started).TotalSeconds;
        Array.Sort(waits);
        return (rate, waits[waits.Length / 2], waits[waits.Length * 99 / 100], journal.Counters.Syncs);

        async Task Write(int writer)
        {
            await Task.Yield();
            var payload = new byte[PayloadBytes];
            for (var i = 0; i < perWriter; i++)
            {
                var from = Stopwatch.GetTimestamp();
                await journal.AppendAsync(new([new("transactions", payload)]), CancellationToken.None);
                waits[(writer * perWriter) + i] = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
            }
        }
    }

    private static int Number(string[] arguments, int position, int otherwise) =>
        position < arguments.Length && int.TryParse(arguments[position], NumberStyles.None, CultureInfo.InvariantCulture, out var given)
            ? given
            : otherwise;

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
