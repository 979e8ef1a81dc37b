using System.Diagnostics;
using System.Globalization;
using Flyball.Contracts;
using Flyball.Contracts.Odcs;
using Flyball.Contracts.Profiles;
using Flyball.Engine.Expressions;
using Flyball.Engine.Profiles;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Projects;

namespace Flyball.Benchmarks.Profiles;

/// <summary>Profiles a table in memory: by one thread, and by two that take half of the rows each and merge. Wall and processor time, best of five.</summary>
internal static class ProfileBenchmark
{
    private const int Width = 20;
    private const int Rounds = 5;

    private const string Transactions = """
        apiVersion: v3.1.0
        kind: DataContract
        id: transactions
        version: 1.0.0
        status: active
        schema:
          - name: transactions
            properties:
              - { name: transaction_id, logicalType: integer, primaryKey: true }
              - { name: event_time, logicalType: timestamp }
              - { name: customer_id, logicalType: integer }
              - { name: terminal_id, logicalType: integer }
              - { name: amount, logicalType: number }
        """;

    internal static void Run(string[] arguments)
    {
        var rows = arguments is [var first, ..] ? int.Parse(first, CultureInfo.InvariantCulture) : 1_000_000;
        var columns = Columns();
        var table = Table(rows);
        Time("one thread", rows, () => Profile(columns, table));
        Time("two threads", rows, () =>
        {
            var half = rows / 2;
            var parts = new TableProfile[2];
            Parallel.For(0, 2, new ParallelOptions { MaxDegreeOfParallelism = 2 }, i =>
                parts[i] = Profile(columns, i == 0 ? table.AsSpan(0, half) : table.AsSpan(half)));
            parts[0].Merge(parts[1]);
            return parts[0];
        });
        foreach (var type in Enum.GetValues<ScalarType>())
        {
            var at = Array.FindIndex(columns, c => c.Type == type);
            var one = new ColumnProfile(columns[at]);
            var started = Stopwatch.GetTimestamp();
            foreach (var row in table)
            {
                one.Add(row[at]);
            }

            Print($"{columns[at].Name}: {Stopwatch.GetElapsedTime(started).TotalNanoseconds / rows:F1} ns a value");
        }

        Days(rows);
        var bytes = Profile(columns, table).Write();
        var before = Stopwatch.GetTimestamp();
        TableProfile.Read(bytes).Write();
        Print($"stored: {bytes.Length / 1024.0:F0} kB; read and written in {Stopwatch.GetElapsedTime(before).TotalMilliseconds:F1} ms");
    }

    /// <summary>What a row of five columns costs the log: one profile a source and day of event time.</summary>
    private static void Days(int rows)
    {
        var problems = new ProblemList();
        var plan = ContractCompiler.Compile(YamlSection.Parse("transactions.odcs.yaml", Transactions, problems)!)!;
        foreach (var days in new[] { 1, 10, 200 })
        {
            var events = new EventRow[rows];
            var random = new Random(7);
            for (var i = 0; i < rows; i++)
            {
                var at = (long)((double)i / rows * days * Clock.MicrosPerDay);
                events[i] = new EventRow(plan, new RowStamp(new EventTime(at), new KnownAt(at), i + 1), [
                    Value.FromInteger(i), Value.FromTimestamp(at), Value.FromInteger(random.Next(5_000)), Value.FromInteger(random.Next(10_000)), Value.FromNumber(random.Next(100_000) / 100.0),
                ]);
            }

            var best = double.MaxValue;
            for (var round = 0; round < Rounds; round++)
            {
                var profiles = SourceProfiles.Open(Path.Combine(Path.GetTempPath(), "flyball-no-profiles"), new ContractSet([plan]), default);
                var cpu = Environment.CpuUsage.TotalTime;
                foreach (var row in events)
                {
                    profiles.Apply(row);
                }

                best = Math.Min(best, (Environment.CpuUsage.TotalTime - cpu).TotalNanoseconds / rows);
            }

            Print($"a source of 5 columns, {rows:N0} rows over {days} days: {best:F0} ns of processor time a row");
        }
    }

    private static TableProfile Profile(ProfiledColumn[] columns, ReadOnlySpan<Value[]> table)
    {
        const int Block = 128;
        var profile = new TableProfile(columns);
        for (; !table.IsEmpty; table = table[Math.Min(Block, table.Length)..])
        {
            profile.Add(table[..Math.Min(Block, table.Length)]);
        }

        return profile;
    }

    private static void Time(string name, int rows, Func<TableProfile> run)
    {
        var wall = double.MaxValue;
        var processor = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var cpu = Environment.CpuUsage.TotalTime;
            var started = Stopwatch.GetTimestamp();
            if (run().Rows != rows)
            {
                throw new InvalidOperationException("Rows were lost.");
            }

            wall = Math.Min(wall, Stopwatch.GetElapsedTime(started).TotalSeconds);
            processor = Math.Min(processor, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
        }

        Print($"{name}: {rows:N0} rows x {Width} columns in {wall:F3} s, {processor:F3} s of processor time, {rows / wall:N0} rows/s");
    }

    /// <summary>Eight numbers, four whole numbers, four texts of few and two of many values, a flag, a time.</summary>
    private static ProfiledColumn[] Columns() =>
    [
        .. Enumerable.Range(0, 8).Select(i => new ProfiledColumn($"number{i}", ScalarType.Number)),
        .. Enumerable.Range(0, 4).Select(i => new ProfiledColumn($"integer{i}", ScalarType.Integer)),
        .. Enumerable.Range(0, 4).Select(i => new ProfiledColumn($"category{i}", ScalarType.Text)),
        new("customer", ScalarType.Text), new("id", ScalarType.Text), new("flag", ScalarType.Boolean), new("at", ScalarType.Timestamp),
    ];

    private static Value[][] Table(int rows)
    {
        var random = new Random(7);
        Value[] categories = [.. Enumerable.Range(0, 30).Select(i => Value.FromText($"category {i}"))];
        Value[] customers = [.. Enumerable.Range(0, 50_000).Select(i => Value.FromText($"customer-{i:D8}"))];
        var table = new Value[rows][];
        for (var r = 0; r < rows; r++)
        {
            var row = table[r] = new Value[Width];
            for (var i = 0; i < 8; i++)
            {
                row[i] = random.Next(50) == 0 ? Value.Null : Value.FromNumber(random.NextDouble() * 1000);
            }

            for (var i = 8; i < 12; i++)
            {
                row[i] = Value.FromInteger(random.Next(i % 2 == 0 ? 20 : 1_000_000));
            }

            for (var i = 12; i < 16; i++)
            {
                row[i] = categories[random.Next(categories.Length)];
            }

            row[16] = customers[random.Next(customers.Length)];
            row[17] = Value.FromText($"t{r:D12}");
            row[18] = Value.FromBoolean(random.Next(3) == 0);
            row[19] = Value.FromTimestamp(1_600_000_000_000_000 + (r * 250_000L));
        }

        return table;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
