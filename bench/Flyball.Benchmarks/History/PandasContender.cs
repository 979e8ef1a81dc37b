using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Flyball.Native.DuckDb;

namespace Flyball.Benchmarks.History;

/// <summary>
/// The same 20 windows by pandas, where python3 has it: the events and the spine of some of the entities in one frame, sorted, one rolling window a group.
/// Its tables are loaded from CSV outside the timed part, and nothing is written in it, which ours does.
/// </summary>
/// <param name="files">What everybody reads.</param>
/// <param name="share">One in this many entities; its time is that many times as long for all of them, as every entity is a group of its own.</param>
internal sealed class PandasContender(HistoryFiles files, int share)
{
    private const string Script = """
        import resource, sys, time
        import pandas as pd
        folder, text = sys.argv[1], {'1h': '3600s', '1d': '86400s', '7d': '604800s', '30d': '2592000s'}
        events = pd.read_csv(folder + '/pandas-events.csv')
        spine = pd.read_csv(folder + '/pandas-spine.csv')
        for t in (events, spine):
            t['event_time'] = pd.to_datetime(t['event_time'], unit='us')
        began, spent = time.perf_counter(), time.process_time()
        both = pd.concat([events, spine], ignore_index=True).sort_values(['customer_id', 'event_time'], kind='stable', ignore_index=True)
        asked = both['row'].notna().to_numpy()
        found = {'row': both['row'][asked].to_numpy()}
        for name, window in text.items():
            rolling = both.groupby('customer_id', sort=False).rolling(window, on='event_time', closed='left', min_periods=1)['amount']
            for op in ('sum', 'count', 'mean', 'min', 'max'):
                found[op + '_' + name] = getattr(rolling, op)().to_numpy()[asked]
        result = pd.DataFrame(found)
        print(time.perf_counter() - began, time.process_time() - spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, pd.__version__)
        result.to_csv(folder + '/pandas-windows.csv', index=False)
        """;

    /// <summary>Runs it once; says why when it cannot.</summary>
    /// <returns>Seconds of the clock for all entities; null when there is no pandas.</returns>
    public double? Run()
    {
        if (Python("-c", "import pandas") is not { Ok: true })
        {
            Print($"pandas is skipped: python3 is missing, or has no pandas.");
            return null;
        }

        Export();
        var run = Python("-c", Script, files.Folder);
        if (run is not { Ok: true })
        {
            Print($"pandas is skipped: {run?.Output}");
            return null;
        }

        var words = run.Value.Output.Split(' ');
        double Number(int at) => double.Parse(words[at], CultureInfo.InvariantCulture);
        Print($"== pandas {words[3].Trim()} over one in {share} entities: {Number(0):F2} s, {Number(1):F2} s of processor time, peak {Number(2) / 1e6:F0} MB; times {share}: {Number(0) * share:F1} s");
        Compare();
        return Number(0) * share;
    }

    private void Export()
    {
        using var database = DuckDbDatabase.OpenInMemory(new() { Threads = Environment.ProcessorCount });
        using var connection = database.Connect();
        string Of(string table) => string.Create(CultureInfo.InvariantCulture, $"FROM read_parquet('{table}') WHERE customer_id % {share} = 0");
        connection.Execute($"COPY (SELECT customer_id, epoch_us(event_time) AS event_time, amount {Of(files.EventsGlob)}) TO '{files.Folder}/pandas-events.csv' (FORMAT csv, HEADER true)");
        connection.Execute($"COPY (SELECT row, customer_id, epoch_us(event_time) AS event_time {Of(files.Spine)}) TO '{files.Folder}/pandas-spine.csv' (FORMAT csv, HEADER true)");
    }

    /// <summary>Its sums drift, as a window's value is the one before it, plus and minus; counts and extremes must be the same.</summary>
    private void Compare()
    {
        using var database = DuckDbDatabase.OpenInMemory(new() { Threads = Environment.ProcessorCount });
        using var connection = database.Connect();
        var differ = string.Join(" OR ", new[] { "1h", "1d", "7d", "30d" }.SelectMany(w => new[] { "sum", "mean", "min", "max", "count" }.Select(a =>
            $"abs(coalesce(o.v__{a}_{w}, 0) - coalesce(p.{a}_{w}, 0)) > 1e-6 * greatest(1, abs(coalesce(o.v__{a}_{w}, 0)))")));
        using var compared = connection.Query($"SELECT count(*), count(*) FILTER ({differ}) FROM read_parquet('{files.Folder}/ours-windows.parquet') o JOIN read_csv('{files.Folder}/pandas-windows.csv') p ON o.row = p.row::BIGINT");
        var found = compared.NextChunk()!;
        Print($"pandas: {found.Column<long>(0)[0]:N0} rows compared, {found.Column<long>(1)[0]} differ by more than a millionth");
    }

    private static (bool Ok, string Output)? Python(params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/python3") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using var python = Process.Start(start)!;
            var errors = python.StandardError.ReadToEndAsync();
            var output = python.StandardOutput.ReadToEnd();
            python.WaitForExit();
            return (python.ExitCode == 0, python.ExitCode == 0 ? output : errors.GetAwaiter().GetResult().TrimEnd().Split('\n')[^1]);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
