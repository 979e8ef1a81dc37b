using System.Diagnostics;
using System.Globalization;

using Flyball.Engine.Time;
using Flyball.Native.DuckDb;
using Flyball.Native.OnnxRuntime;
using Flyball.Native.XGBoost;
using Flyball.Storage.Lakes;
using Flyball.Training.XGBoost;

namespace Flyball.Benchmarks.Native;

/// <summary>One thread each: scoring through ONNX Runtime, appending to DuckDB, writing and reading Parquet and the lake. Medians of five rounds.</summary>
internal static class NativeBenchmark
{
    private const int Features = 20;
    private const int Rounds = 5;

    internal static void Run(string[] arguments)
    {
        var rows = arguments is [var first, ..] ? int.Parse(first, CultureInfo.InvariantCulture) : 1_000_000;
        Print($"DuckDB {DuckDbDatabase.LibraryVersion}, ONNX Runtime {OnnxSession.LibraryVersion}, XGBoost {XGBoostBooster.LibraryVersion}");
        Score(Forest());
        var folder = Directory.CreateTempSubdirectory("flyball-native-").FullName;
        try
        {
            Columnar(folder, rows);
            Lake(folder, rows);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>100 trees of depth 3 over 20 features.</summary>
    private static byte[] Forest()
    {
        const int Rows = 5_000;
        var random = new Random(7);
        var values = new float[Rows * Features];
        var labels = new float[Rows];
        for (var r = 0; r < Rows; r++)
        {
            var row = values.AsSpan(r * Features, Features);
            foreach (ref var value in row)
            {
                value = random.NextSingle();
            }

            labels[r] = row[0] + (row[1] * row[2]) + (0.2f * random.NextSingle()) > 0.9f ? 1 : 0;
        }

        string[] names = [.. Enumerable.Range(0, Features).Select(f => $"f{f}")];
        using var matrix = XGBoostMatrix.FromDense(values, Rows, Features);
        matrix.SetLabels(labels);
        matrix.SetFeatureNames(names);
        using var booster = XGBoostBooster.Create(
            new Dictionary<string, string> { ["objective"] = "binary:logistic", ["max_depth"] = "3", ["nthread"] = "1", ["seed"] = "7" }, matrix);
        var started = Stopwatch.GetTimestamp();
        for (var round = 0; round < 100; round++)
        {
            booster.Update(round, matrix);
        }

        Print($"XGBoost: 100 rounds of depth 3 over {Rows:N0} x {Features} in {Stopwatch.GetElapsedTime(started).TotalMilliseconds:N0} ms");
        var contributions = Median(1, () => booster.PredictContributions(matrix));
        Print($"XGBoost: contributions {contributions / Rows * 1e6:F2} us a row");
        return XGBoostToOnnx.Convert(XGBoostTreeModel.Parse(booster.Save(XGBoostFormat.Json)), names);
    }

    private static void Score(byte[] model)
    {
        using var session = OnnxSession.Load(model);
        foreach (var rows in new[] { 1, 8, 64, 256 })
        {
            using var binding = session.Bind(rows);
            var random = new Random(7);
            foreach (ref var value in binding.Input)
            {
                value = random.NextSingle();
            }

            var runs = 50_000 / rows;
            var seconds = Median(runs, () => binding.Run(rows));
            var before = GC.GetAllocatedBytesForCurrentThread();
            binding.Run(rows);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Print($"ONNX Runtime: {rows} rows in {seconds * 1e6:F2} us ({seconds / rows * 1e6:F2} us a row), {allocated} B allocated a run");
        }
    }

    private static void Columnar(string folder, int rows)
    {
        var file = Path.Combine(folder, "rows.parquet");
        using var database = DuckDbDatabase.OpenInMemory();
        using var connection = database.Connect();
        var append = Median(1, () =>
        {
            connection.Execute("CREATE OR REPLACE TABLE t (seq BIGINT, ts TIMESTAMP, x DOUBLE, y DOUBLE, k VARCHAR, s VARCHAR)");
            using var appender = connection.Appender("t");
            for (var i = 0; i < rows; i++)
            {
                appender.Append((long)i);
                appender.AppendTimestampMicros(i * 1000L);
                appender.Append(i / 3.0);
                appender.Append(i * 0.5);
                appender.Append("short key"u8);
                appender.Append("a text longer than twelve bytes"u8);
                appender.EndRow();
            }

            appender.Close();
        });
        Print($"DuckDB appender: {rows / append:N0} rows/s of 6 columns");
        var write = Median(1, () => connection.Execute($"COPY t TO '{file}' (FORMAT parquet, COMPRESSION zstd)"));
        Print($"Parquet out: {rows / write:N0} rows/s, {new FileInfo(file).Length / (double)rows:F1} B a row");
        var read = Median(1, () =>
        {
            using var result = connection.Query($"SELECT * FROM '{file}'");
            var sum = 0L;
            while (result.NextChunk() is { } chunk)
            {
                foreach (var seq in chunk.Column<long>(0))
                {
                    sum += seq;
                }
            }

            return sum;
        });
        Print($"Parquet in: {rows / read:N0} rows/s");
    }

    private static void Lake(string folder, int rows)
    {
        LakeColumn[] columns = [new("amount", LakeType.Number), new("customer", LakeType.Text), new("count", LakeType.Integer)];
        using var lake = Storage.Lakes.Lake.Open(Path.Combine(folder, "lake"));
        var table = 0;
        var extend = Median(1, () => lake.Extend($"t{table++}", columns, new Horizon(rows), writer =>
        {
            for (var seq = 1L; seq <= rows; seq++)
            {
                writer.Begin(seq, seq * 1000, (seq * 1000) + 1);
                writer.Append(seq / 7.0);
                writer.Append("customer-0123456789"u8);
                writer.Append(seq % 100);
                writer.End();
            }
        }));
        Print($"Lake: {rows / extend:N0} durable rows/s of 6 columns");
        var manifest = lake.Manifest("t0", Horizon.Unbounded);
        var read = Median(1, () =>
        {
            using var reader = lake.Read(manifest, ["amount", "customer", "count"]);
            var seen = 0;
            while (reader.NextChunk() is { } chunk)
            {
                seen += chunk.RowCount;
            }

            return seen;
        });
        Print($"Lake: {rows / read:N0} verified rows/s read, {manifest.Files.Sum(f => f.Bytes) / (double)rows:F1} B a row");
    }

    private static double Median(int runs, Action action) => Median(runs, () =>
    {
        action();
        return 0;
    });

    /// <summary>Seconds of one run.</summary>
    private static double Median<T>(int runs, Func<T> action)
    {
        action();
        var seconds = new double[Rounds];
        foreach (ref var round in seconds.AsSpan())
        {
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < runs; i++)
            {
                action();
            }

            round = Stopwatch.GetElapsedTime(started).TotalSeconds / runs;
        }

        Array.Sort(seconds);
        return seconds[Rounds / 2];
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
