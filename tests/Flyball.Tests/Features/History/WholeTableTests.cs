using Flyball.Engine.Identity;
using Flyball.Features.History;
using Flyball.Native.DuckDb;
using static Flyball.Tests.Features.History.HistoryWorld;

namespace Flyball.Tests.Features.History;

/// <summary>A result that several threads make and write has the bytes that one thread gives, and every row the values of its own key and instant.</summary>
public sealed class WholeTableTests : IDisposable
{
    /// <summary>Three row groups, the last of them short: two threads or more get some each.</summary>
    private const int Rows = 260_000;

    private readonly HistoryWorld world = new();
    private readonly string folder = Directory.CreateTempSubdirectory("flyball-whole-").FullName;

    public void Dispose()
    {
        world.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void The_number_of_threads_and_the_length_of_ranges_change_no_byte()
    {
        world.Append([.. Enumerable.Range(1, 50).Select(i => Row($"k{i % 5}", i, i * 1_000_000L, i))]);
        var spine = Path.Combine(folder, "spine.parquet");
        using (var db = DuckDbDatabase.OpenInMemory())
        using (var connection = db.Connect())
        {
            // Every third key has no event, a column is a list, and one is often null.
            connection.Execute($"COPY (SELECT 'k' || (i % 7) AS e, make_timestamp((i % 60) * 1000000) AS event_time, [i, i + 1] AS pair, CASE WHEN i % 3 = 0 THEN i END AS odd FROM range({Rows}) t(i)) TO '{spine}' (FORMAT parquet)");
        }

        var one = Digest(spine, new() { Parallelism = 1 });
        Assert.Equal(one, Digest(spine, new() { Parallelism = 2 }));
        Assert.Equal(one, Digest(spine, new() { Parallelism = 3, RangeRows = 10_000 }));

        using var judge = DuckDbDatabase.OpenInMemory();
        using var judging = judge.Connect();
        using var found = judging.Query($"""
            SELECT count(*), count(*) FILTER (pair[1] <> file_row_number OR e <> 'k' || (file_row_number % 7) OR odd IS DISTINCT FROM CASE WHEN file_row_number % 3 = 0 THEN file_row_number END
                OR v__f0 <> (SELECT count(*) FROM range(1, 51) t(i) WHERE 'k' || (i % 5) = e AND i < file_row_number % 60))
            FROM read_parquet('{Path.Combine(folder, "result.parquet")}', file_row_number = true) WHERE file_row_number % 1009 = 0 OR file_row_number IN (122879, 122880, 245759, 245760, {Rows - 1})
            """);
        var counts = found.NextChunk()!;
        Assert.Equal(0, counts.Column<long>(1)[0]);
        Assert.True(counts.Column<long>(0)[0] > 200);
    }

    private Digest Digest(string path, HistoryOptions options)
    {
        using var table = SpineFile.Open(path, folder, options);
        var plan = world.Plan(world.Views("count() over 60s", "sum(x) over 5s"));
        Assert.True(WholeTable.Suits(plan));
        new HistoryRun(plan, table, world.LakeFolder, options).Run();
        var result = Path.Combine(folder, "result.parquet");
        File.Delete(result);
        HistoryOutput.Write(plan, table, result, null, null);
        using var written = File.OpenRead(result);
        return Engine.Identity.Digest.Of(written);
    }
}
