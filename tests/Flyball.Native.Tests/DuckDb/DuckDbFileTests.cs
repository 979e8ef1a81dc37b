using Flyball.Native.DuckDb;

namespace Flyball.Native.Tests.DuckDb;

public sealed class DuckDbFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("flyball-duckdb-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Parquet_goes_out_and_comes_back()
    {
        var file = Path.Combine(folder.FullName, "rows.parquet");
        using var database = DuckDbDatabase.OpenInMemory();
        using var connection = database.Connect();
        connection.Execute($"""
            COPY (SELECT i AS n, 'text ' || i AS s, CASE WHEN i % 7 = 0 THEN NULL ELSE i / 4 END AS x FROM range(6000) t(i))
            TO '{file}' (FORMAT parquet, COMPRESSION zstd)
            """);
        Assert.Equal("PAR1"u8, File.ReadAllBytes(file).AsSpan(0, 4));

        using var result = connection.Query($"SELECT n, s, x FROM '{file}'");
        Assert.Equal([DuckDbType.BigInt, DuckDbType.VarChar, DuckDbType.Double], result.Columns.Select(c => c.Type));
        var at = 0;
        while (result.NextChunk() is { } chunk)
        {
            for (var r = 0; r < chunk.RowCount; r++, at++)
            {
                Assert.Equal(at, chunk.Column<long>(0)[r]);
                Assert.Equal($"text {at}", chunk.Text(1, r));
                Assert.Equal(at % 7 == 0, chunk.IsNull(2, r));
                Assert.True(at % 7 == 0 || chunk.Column<double>(2)[r] == at / 4.0);
            }
        }

        Assert.Equal(6000, at);
    }

    [Fact]
    public void A_file_keeps_its_tables()
    {
        var file = Path.Combine(folder.FullName, "catalog.duckdb");
        using (var database = DuckDbDatabase.Open(file))
        using (var connection = database.Connect())
        {
            connection.Execute("CREATE TABLE t AS SELECT 42 AS n");
        }

        using var again = DuckDbDatabase.Open(file);
        using var reader = again.Connect();
        using var result = reader.Query("SELECT n FROM t");
        Assert.Equal(42, result.NextChunk()!.Column<int>(0)[0]);
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused()
    {
        var file = Path.Combine(folder.FullName, "text.duckdb");
        File.WriteAllText(file, new string('x', 8192));
        Assert.Contains("not a valid DuckDB database", Assert.Throws<DuckDbException>(() => DuckDbDatabase.Open(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SQL_neither_loads_extensions_nor_reaches_the_network_nor_unlocks_that()
    {
        using var database = DuckDbDatabase.OpenInMemory(new() { Threads = 2, MemoryLimitBytes = 256L << 20, TemporaryDirectory = folder.FullName });
        using var connection = database.Connect();
        Assert.Throws<DuckDbException>(() => connection.Query("SELECT * FROM 'https://127.0.0.1:1/x.parquet'"));
        Assert.Throws<DuckDbException>(() => connection.Execute("LOAD httpfs"));
        Assert.Contains("locked", Assert.Throws<DuckDbException>(() => connection.Execute("SET autoload_known_extensions = true")).Message, StringComparison.Ordinal);
        using var threads = connection.Query("SELECT current_setting('threads')::BIGINT, current_setting('memory_limit')");
        var row = threads.NextChunk()!;
        Assert.Equal(2, row.Column<long>(0)[0]);
        Assert.Equal("256.0 MiB", row.Text(1, 0));
    }

    [Fact]
    public void Only_the_allowed_folders_are_read_and_written()
    {
        var inside = folder.CreateSubdirectory("it's inside").FullName;
        using var database = DuckDbDatabase.OpenInMemory(new() { OnlyDirectories = [inside] });
        using var connection = database.Connect();
        var good = Path.Combine(inside, "a.parquet").Replace("'", "''", StringComparison.Ordinal);
        connection.Execute($"COPY (SELECT 1 AS n) TO '{good}'");
        using (var result = connection.Query($"SELECT n FROM '{good}'"))
        {
            Assert.Equal(1, result.NextChunk()!.Column<int>(0)[0]);
        }

        Assert.Throws<DuckDbException>(() => connection.Execute($"COPY (SELECT 1 AS n) TO '{folder.FullName}/b.parquet'"));
        Assert.False(File.Exists(Path.Combine(folder.FullName, "b.parquet")));
        Assert.Throws<DuckDbException>(() => connection.Execute($"COPY (SELECT 1 AS n) TO '{good}/../../c.parquet'"));
        Assert.Throws<DuckDbException>(() => connection.Query("SELECT * FROM read_text('/etc/hostname')"));
    }

    [Fact]
    public void A_wrong_option_is_named() =>
        Assert.Contains("threads", Assert.Throws<DuckDbException>(() => DuckDbDatabase.OpenInMemory(new() { Threads = 0 })).Message, StringComparison.Ordinal);
}
