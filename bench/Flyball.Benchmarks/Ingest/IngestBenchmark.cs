using System.Diagnostics;
using EventLog = Flyball.Contracts.EventLog;
using System.Globalization;
using Flyball.Access;
using Flyball.Contracts;
using Flyball.Contracts.Ingestion;
using Flyball.Contracts.Odcs;
using Flyball.Engine.Problems;
using Flyball.Projects;
using Flyball.Storage.Journals;

namespace Flyball.Benchmarks.Ingest;

/// <summary>A file of card payments through the gate into the journal, durable; again as duplicates; then opening and replaying the log.</summary>
internal static class IngestBenchmark
{
    internal static async Task Run(string[] arguments)
    {
        if (arguments is ["generate", var count, var path])
        {
            TransactionFile.Write(path, long.Parse(count, NumberStyles.None, CultureInfo.InvariantCulture));
            return;
        }

        if (arguments is ["replay", var stored, var by])
        {
            await Replay(stored, by);
            return;
        }

        var rows = arguments.Length > 0 ? long.Parse(arguments[0], NumberStyles.None, CultureInfo.InvariantCulture) : 1_000_000;
        var contract = arguments.Length > 1 ? arguments[1] : Path.Combine("examples", "fraud", "contracts", "transactions.odcs.yaml");
        var folder = Directory.CreateTempSubdirectory("flyball-ingest-").FullName;
        try
        {
            var file = Path.Combine(folder, "transactions.csv");
            TransactionFile.Write(file, rows);
            Print($"{rows:N0} rows, {new FileInfo(file).Length / 1e6:N0} MB of CSV, 5 columns, {Environment.ProcessorCount} cores");
            await ImportTwice(folder, file, contract);
            await Restart(folder, contract);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task ImportTwice(string folder, string file, string contract)
    {
        await using var journal = Storage.Journals.Journal.Open(Path.Combine(folder, "events"), new JournalOptions(), TimeProvider.System);
        var log = new EventLog(journal, Contracts(contract));
        log.Replay();
        foreach (var what in (string[])["first", "again"])
        {
            var started = Stopwatch.GetTimestamp();
            var processor = Environment.CpuUsage.TotalTime;
            var total = await EventImport.RunAsync(log, "transactions", file, KnownAtPolicy.EventTime, Caller.Local("bench"), null, CancellationToken.None);
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            Print($"{what}: {total.Accepted:N0} accepted, {total.Quarantined:N0} quarantined, {total.Duplicates:N0} duplicates in {seconds:F2} s: {total.Received / seconds:N0} rows/s, {(Environment.CpuUsage.TotalTime - processor).TotalSeconds:F1} s of processor, {journal.Counters.Syncs:N0} syncs, peak {Peak():N0} MB");
        }
    }

    /// <summary>In a process of its own, as a restart is: nothing of the import is in its memory.</summary>
    private static async Task Restart(string folder, string contract)
    {
        using var restarted = Process.Start(Environment.ProcessPath!, ["ingest", "replay", folder, contract]);
        await restarted.WaitForExitAsync();
    }

    private static async Task Replay(string folder, string contract)
    {
        var started = Stopwatch.GetTimestamp();
        await using var journal = Storage.Journals.Journal.Open(Path.Combine(folder, "events"), new JournalOptions(), TimeProvider.System);
        var opened = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var report = new EventLog(journal, Contracts(contract)).Replay();
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Print($"opened and checked in {opened:F2} s, replayed {report.Rows:N0} rows in {seconds - opened:F2} s more, {Environment.CpuUsage.TotalTime.TotalSeconds:F1} s of processor, peak {Peak():N0} MB");
    }

    private static ContractSet Contracts(string path)
    {
        var problems = new ProblemList();
        var plan = ContractCompiler.Compile(YamlSection.Parse(path, File.ReadAllText(path), problems)!);
        return new ContractSet([plan ?? throw new InvalidOperationException("The contract does not compile.")]);
    }

    private static long Peak()
    {
        using var self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64 >> 20;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
