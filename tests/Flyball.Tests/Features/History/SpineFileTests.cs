using System.IO.Compression;
using System.Text;
using Flyball.Engine.Problems;
using Flyball.Features.History;
using Flyball.Native.DuckDb;
using static Flyball.Tests.Features.History.HistoryWorld;

namespace Flyball.Tests.Features.History;

/// <summary>A spine is read from every form alike, its other columns come through as they were, and what it cannot mean is refused with its place.</summary>
public sealed class SpineFileTests : IDisposable
{
    private readonly HistoryWorld world = new();
    private readonly string folder = Directory.CreateTempSubdirectory("flyball-spine-").FullName;

    public SpineFileTests() => world.Append([Row("a", 1, 10_000_000, 1.5), Row("b", 2, 10_000_000, 2)]);

    public void Dispose()
    {
        world.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("spine.csv", "note,e,event_time\n\"x,\"\"y\",a,1970-01-01T00:00:20Z\n 007,b,1970-01-01 01:00:20.000001+01:00\n,nobody,1970-01-01T00:00:20Z\n")]
    [InlineData("spine.tsv", "note\te\tevent_time\n\"x,\"\"y\"\ta\t1970-01-01T00:00:20Z\n 007\tb\t1970-01-01T00:00:20.000001Z\n\tnobody\t1970-01-01T00:00:20Z\n")]
    [InlineData("spine.csv.gz", "note,e,event_time\n\"x,\"\"y\",a,1970-01-01T00:00:20Z\n 007,b,1970-01-01T00:00:20.000001Z\n,nobody,1970-01-01T00:00:20Z\n")]
    [InlineData("spine.ndjson", "{\"note\":\"x,\\\"y\",\"e\":\"a\",\"event_time\":\"1970-01-01T00:00:20Z\"}\n{\"note\":\" 007\",\"e\":\"b\",\"event_time\":\"1970-01-01T00:00:20.000001Z\"}\n{\"e\":\"nobody\",\"event_time\":\"1970-01-01T00:00:20Z\"}\n")]
    public void Every_form_gives_the_same_rows(string name, string text)
    {
        var rows = Texts(Compute(Write(name, text)), "SELECT note, e, v__f0::VARCHAR, v__f1::VARCHAR FROM r");

        Assert.Equal(["x,\"y|a|1|1.5", " 007|b|1|2.0", "|nobody|0|"], rows);
    }

    [Fact]
    public void A_Parquet_file_keeps_its_types()
    {
        using (var db = DuckDbDatabase.OpenInMemory())
        using (var connection = db.Connect())
        {
            connection.Execute($"COPY (SELECT 'a' AS e, TIMESTAMP '1970-01-01 00:00:20' AS event_time, 7::TINYINT AS tiny, 1.25::DECIMAL(9,2) AS money, DATE '2020-02-29' AS day) TO '{Path.Combine(folder, "spine.parquet")}' (FORMAT parquet)");
        }

        var result = Compute(Path.Combine(folder, "spine.parquet"));

        Assert.Equal(["TINYINT|DECIMAL(9,2)|DATE|BIGINT|DOUBLE"], Texts(result, "SELECT typeof(tiny), typeof(money), typeof(day), typeof(v__f0), typeof(v__f1) FROM r"));
        Assert.Equal(["7|1.25|2020-02-29|1|1.5"], Texts(result, "SELECT tiny::VARCHAR, money::VARCHAR, day::VARCHAR, v__f0::VARCHAR, v__f1::VARCHAR FROM r"));
    }

    [Theory]
    [InlineData("e,at\na,1970-01-01T00:00:20Z\n", "FLY3160", "event_time")]
    [InlineData("key,event_time\na,1970-01-01T00:00:20Z\n", "FLY3160", "e")]
    [InlineData("e,event_time,V__F0\na,1970-01-01T00:00:20Z,1\n", "FLY3160", "v__f0")]
    [InlineData("e,event_time\na,1970-01-01T00:00:20Z\nb\n", "FLY3161", null)]
    [InlineData("e,event_time\na,1970-01-01T00:00:20Z\nsecret,1970-01-01T00:00:20\n", "FLY3162", "event_time")]
    [InlineData("e,event_time\na,1970-01-01T00:00:20Z\nsecret,\n", "FLY3162", "event_time")]
    [InlineData("e,event_time,known_at\na,1970-01-01T00:00:20Z,\nsecret,1970-01-01T00:00:20Z,yesterday\n", "FLY3162", "known_at")]
    public void What_a_spine_cannot_mean_is_refused_with_its_place(string text, string code, string? field)
    {
        var refused = Assert.Throws<FlyballException>(() => Compute(Write("spine.csv", text))).Problem;

        Assert.Equal((code, field), (refused.Code, refused.Where!.Field));
        Assert.DoesNotContain("secret", refused.ToString(), StringComparison.Ordinal);
        Assert.NotNull(refused.Remedy);
        if (code == "FLY3162")
        {
            Assert.StartsWith("Row 2 ", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void No_number_that_is_none_goes_through()
    {
        using (var db = DuckDbDatabase.OpenInMemory())
        using (var connection = db.Connect())
        {
            connection.Execute($"COPY (SELECT 'a' AS e, TIMESTAMP '1970-01-01 00:00:20' AS event_time, unnest([1.5::DOUBLE, 'nan'::DOUBLE]) AS odd) TO '{Path.Combine(folder, "spine.parquet")}' (FORMAT parquet)");
        }

        var refused = Assert.Throws<FlyballException>(() => Compute(Path.Combine(folder, "spine.parquet"))).Problem;

        Assert.Equal(("FLY3162", "odd"), (refused.Code, refused.Where!.Field));
        Assert.StartsWith("Row 2 ", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[1.5::DOUBLE]", "[1.5::DOUBLE, 'nan'::DOUBLE]")]
    [InlineData("{'a': 'nan \" inf', 'b': 1::FLOAT}", "{'a': 'x', 'b': 'inf'::FLOAT}")]
    [InlineData("{'a': [{'b': 1::DOUBLE}]}", "{'a': [{'b': '-inf'::DOUBLE}]}")]
    [InlineData("MAP {'infinity': 1::DOUBLE}", "MAP {'a': 'nan'::DOUBLE}")]
    [InlineData("[1::DOUBLE, 2]::DOUBLE[2]", "[1::DOUBLE, 'nan']::DOUBLE[2]")]
    public void No_number_that_is_none_goes_through_inside_a_list_or_a_record(string good, string bad)
    {
        using (var db = DuckDbDatabase.OpenInMemory())
        using (var connection = db.Connect())
        {
            connection.Execute($"COPY (SELECT 'a' AS e, TIMESTAMP '1970-01-01 00:00:20' AS event_time, {good} AS odd) TO '{Path.Combine(folder, "good.parquet")}' (FORMAT parquet)");
            connection.Execute($"COPY (SELECT 'a' AS e, TIMESTAMP '1970-01-01 00:00:20' AS event_time, {good} AS odd UNION ALL SELECT 'a', TIMESTAMP '1970-01-01 00:00:20', {bad}) TO '{Path.Combine(folder, "spine.parquet")}' (FORMAT parquet)");
        }

        Compute(Path.Combine(folder, "good.parquet"));
        var refused = Assert.Throws<FlyballException>(() => Compute(Path.Combine(folder, "spine.parquet"))).Problem;

        Assert.Equal(("FLY3162", "odd"), (refused.Code, refused.Where!.Field));
        Assert.StartsWith("Row 2 ", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1970-01-01T00:00:20.0000019Z", "event_time")]
    [InlineData("1970-01-01 00:00:20.000000001+00:00", "event_time")]
    [InlineData("1970-01-01T00:00:20.000001000Z", null)]
    [InlineData("1970-01-01T00:00:20.5Z", null)]
    public void An_instant_that_would_be_cut_is_refused(string time, string? field)
    {
        var path = Write("spine.csv", $"e,event_time\na,1970-01-01T00:00:20Z\na,{time}\n");
        if (field is null)
        {
            Compute(path);
            return;
        }

        var refused = Assert.Throws<FlyballException>(() => Compute(path)).Problem;
        Assert.Equal(("FLY3162", field), (refused.Code, refused.Where!.Field));
        Assert.Contains("Row 2 of the spine: event_time is finer than microseconds", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_instant_in_nanoseconds_is_taken_when_microseconds_hold_it()
    {
        using (var db = DuckDbDatabase.OpenInMemory())
        using (var connection = db.Connect())
        {
            connection.Execute($"COPY (SELECT 'a' AS e, TIMESTAMP_NS '1970-01-01 00:00:20.000001' AS event_time) TO '{Path.Combine(folder, "good.parquet")}' (FORMAT parquet)");
            connection.Execute($"COPY (SELECT 'a' AS e, TIMESTAMP_NS '1970-01-01 00:00:20' AS event_time, TIMESTAMP_NS '1970-01-01 00:00:20.000000999' AS known_at) TO '{Path.Combine(folder, "spine.parquet")}' (FORMAT parquet)");
        }

        Assert.Equal(["1"], Texts(Compute(Path.Combine(folder, "good.parquet")), "SELECT v__f0::VARCHAR FROM r"));
        Assert.Equal("known_at", Assert.Throws<FlyballException>(() => Compute(Path.Combine(folder, "spine.parquet"))).Problem.Where!.Field);
    }

    [Fact]
    public void A_name_twice_in_a_line_is_refused_with_its_line()
    {
        var refused = Assert.Throws<FlyballException>(() => Compute(Write("spine.ndjson", "{\"e\":\"a\",\"event_time\":\"1970-01-01T00:00:20Z\"}\n{\"e\":\"a\",\"event_time\":\"1970-01-01T00:00:20Z\",\"e\":\"b\"}\n"))).Problem;

        Assert.Contains("Line 2 has a name twice", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Times_with_a_zone_are_written_in_UTC()
    {
        using (var db = DuckDbDatabase.OpenInMemory())
        using (var connection = db.Connect())
        {
            connection.Execute($"COPY (SELECT 'a' AS e, TIMESTAMPTZ '1970-01-01 02:00:20+02:00' AS event_time, TIMESTAMPTZ '2020-07-01 12:00:00+05:00' AS zoned) TO '{Path.Combine(folder, "spine.parquet")}' (FORMAT parquet)");
            using var zone = connection.Query("SELECT current_setting('TimeZone')");
            Assert.Equal("UTC", zone.NextChunk()!.Text(0, 0));
        }

        var options = new HistoryOptions();
        using var table = SpineFile.Open(Path.Combine(folder, "spine.parquet"), folder, options);
        var plan = world.Plan(world.Views("count() over 60s"));
        new HistoryRun(plan, table, world.LakeFolder, options).Run();
        HistoryOutput.Write(plan, table, Path.Combine(folder, "result.csv"), null, null);

        var line = File.ReadAllLines(Path.Combine(folder, "result.csv"))[1];
        Assert.Contains("1970-01-01T00:00:20.000000Z", line, StringComparison.Ordinal);
        Assert.Contains("2020-07-01T07:00:00.000000Z", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_files_are_refused()
    {
        Assert.Equal("FLY3161", Assert.Throws<FlyballException>(() => Compute(Write("spine.parquet", "PAR1 and nothing more"))).Problem.Code);
        Assert.StartsWith("FLY304", Assert.Throws<FlyballException>(() => Compute(Write("spine.csv", ""))).Problem.Code, StringComparison.Ordinal);
        Assert.StartsWith("FLY304", Assert.Throws<FlyballException>(() => Compute(Write("spine.ndjson", "{\"e\":\n"))).Problem.Code, StringComparison.Ordinal);
        Assert.Equal("FLY3161", Assert.Throws<FlyballException>(() => Compute(Write("numbers.csv", "1,2\n3,4\n"))).Problem.Code);
    }

    [Theory]
    [InlineData("spine.csv", "e,event_time,RowId\na,1970-01-01T00:00:20Z,3\n", "place of a row")]
    [InlineData("spine.ndjson", "{\"e\":\"a\",\"event_time\":\"1970-01-01T00:00:20Z\",\"rowid\":1}\n", "place of a row")]
    [InlineData("half.ndjson", "{\"e\":\"\\ud800\",\"event_time\":\"1970-01-01T00:00:20Z\"}\n", "Unicode")]
    public void What_would_be_read_as_something_else_is_refused(string name, string text, string reason)
    {
        var refused = Assert.Throws<FlyballException>(() => Compute(Write(name, text))).Problem;

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.NotNull(refused.Remedy);
    }

    [Fact]
    public void Text_that_is_not_UTF8_is_refused_with_its_row()
    {
        var path = Path.Combine(folder, "bytes.csv");
        File.WriteAllBytes(path, [.. "e,event_time\na,1970-01-01T00:00:20Z\n"u8, 0xFF, 0xFE, .. ",1970-01-01T00:00:20Z\n"u8]);

        var refused = Assert.Throws<FlyballException>(() => Compute(path)).Problem;

        Assert.Equal("FLY3161", refused.Code);
        Assert.StartsWith("Row 2 ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_whole_number_that_no_double_holds_keeps_its_digits_beside_a_fraction()
    {
        var path = Write("wide.ndjson", "{\"e\":\"a\",\"event_time\":\"1970-01-01T00:00:20Z\",\"id\":9007199254740993}\n{\"e\":\"a\",\"event_time\":\"1970-01-01T00:00:20Z\",\"id\":0.5}\n");
        using var table = SpineFile.Open(path, folder, new HistoryOptions());

        Assert.Equal(DuckDbType.VarChar, table.Find("id")!.Type);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        using var file = File.Create(path);
        using Stream content = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file;
        content.Write(Encoding.UTF8.GetBytes(text));
        return path;
    }

    private string Compute(string spine)
    {
        var options = new HistoryOptions();
        using var table = SpineFile.Open(spine, folder, options);
        var plan = world.Plan(world.Views("count() over 60s", "sum(x) over 60s"));
        new HistoryRun(plan, table, world.LakeFolder, options).Run();
        var result = Path.Combine(folder, "result.parquet");
        HistoryOutput.Write(plan, table, result, null, null);
        return result;
    }

    private static List<string> Texts(string file, string sql)
    {
        using var db = DuckDbDatabase.OpenInMemory();
        using var connection = db.Connect();
        connection.Execute($"CREATE TABLE r AS SELECT * FROM read_parquet('{file}')");
        using var result = connection.Query(sql);
        var rows = new List<string>();
        while (result.NextChunk() is { } chunk)
        {
            for (var r = 0; r < chunk.RowCount; r++)
            {
                rows.Add(string.Join('|', result.Columns.Select((_, c) => chunk.Text(c, r))));
            }
        }

        return rows;
    }
}
