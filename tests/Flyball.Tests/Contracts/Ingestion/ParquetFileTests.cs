using Flyball.Contracts;
using Flyball.Contracts.Ingestion;
using Flyball.Native.DuckDb;

namespace Flyball.Tests.Contracts.Ingestion;

public sealed class ParquetFileTests : IAsyncDisposable
{
    private readonly ImportFixture fixture = new();

    public ValueTask DisposeAsync() => fixture.DisposeAsync();

    [Fact]
    public async Task Values_keep_their_types_and_a_second_time_adds_nothing()
    {
        var path = Write("t.parquet", """
            SELECT i AS transaction_id, TIMESTAMPTZ '2018-04-01 00:00:00+00' + to_seconds(i) AS event_time,
                   (i % 7)::INTEGER AS customer_id, (i % 5)::UTINYINT AS terminal_id, (i / 100)::DECIMAL(10, 2) AS amount FROM range(0, 20000) t(i)
            """);

        Assert.Equal(new ImportProgress(20_000, 20_000, 0, 0), await fixture.ImportAsync(path));
        Assert.Equal(new ImportProgress(20_000, 0, 0, 20_000), await fixture.ImportAsync(path));
        Assert.Equal(Enumerable.Range(0, 20_000).Select(i => (long)i), fixture.Logs.Seen.Select(r => r.Row[0].AsInteger));
        Assert.Equal("12345|2018-04-01T03:25:45Z|4|0|123.45", string.Join('|', fixture.Logs.Seen[12_345].Row));
    }

    [Fact]
    public async Task What_the_contract_does_not_allow_is_put_aside_as_JSON()
    {
        var path = Write("t.parquet", """
            SELECT * FROM (VALUES
              (1.0::DOUBLE, TIMESTAMP '2018-04-01 00:00:00', 2::UBIGINT, 3::BIGINT, 1.5::DOUBLE),
              (2.5, TIMESTAMP '2018-04-01 00:00:00', 2, 3, 1.5),
              (3.0, TIMESTAMP '2018-04-01 00:00:00', 18446744073709551615, 3, 1.5),
              (4.0, TIMESTAMP '2018-04-01 00:00:00', 2, NULL, 1.5),
              (5.0, TIMESTAMP '2018-04-01 00:00:00', 2, 3, 'NaN'::DOUBLE),
              (6.0, TIMESTAMP 'infinity', 2, 3, 1.5),
              (7.0, TIMESTAMP '2018-04-01 00:00:00', 2, 3, -1.5),
              (9007199254740994.0, TIMESTAMP '2018-04-01 00:00:00', 2, 3, 1.5)) AS t(transaction_id, event_time, customer_id, terminal_id, amount)
            """);

        Assert.Equal(new ImportProgress(8, 1, 7, 0), await fixture.ImportAsync(path));
        Assert.Equal(["FLY3102", "FLY3104", "FLY3101", "FLY3104", "FLY3108", "FLY3103", "FLY3104"], fixture.Codes());
        Assert.Equal("""{"transaction_id":2.5,"event_time":"2018-04-01T00:00:00Z","customer_id":2,"terminal_id":3,"amount":1.5}""", fixture.Logs.Log.ReadQuarantine("transactions", default, 1)[0].Original);
    }

    [Fact]
    public async Task A_null_is_put_aside_where_the_contract_refuses_nulls()
    {
        const string Row = "SELECT {0} AS number, 'EU' AS region, TIMESTAMP '2020-01-01 00:00:00' AS at, {1} AS note";
        var path = Write("n.parquet", string.Format(System.Globalization.CultureInfo.InvariantCulture, Row, 1, "NULL::VARCHAR") + " UNION ALL " + string.Format(System.Globalization.CultureInfo.InvariantCulture, Row, 2, "'x'"));

        Assert.Equal(new ImportProgress(2, 1, 1, 0), await fixture.ImportAsync(path, "everything"));
        Assert.Equal(["FLY3101"], fixture.Codes("everything"));
    }

    [Theory]
    [InlineData("TIMESTAMP_S '2020-01-01 00:00:01'", "2020-01-01T00:00:01Z")]
    [InlineData("TIMESTAMP_MS '2020-01-01 00:00:01.5'", "2020-01-01T00:00:01.5Z")]
    [InlineData("TIMESTAMP_NS '1969-12-31 23:59:59.999999999'", "1969-12-31T23:59:59.999999Z")]
    [InlineData("'2020-01-01T02:00:01+02:00'", "2020-01-01T00:00:01Z")]
    public async Task Times_of_any_unit_become_microseconds(string sql, string time)
    {
        await fixture.ImportAsync(Write("c.parquet", $"SELECT {sql} AS event_time, 'x' AS page, TIMESTAMP '2021-01-01 00:00:00' AS loaded"), "clicks", KnownAtPolicy.OfColumn("loaded"));

        Assert.Equal(time, fixture.Logs.Seen[0].Stamp.EventTime.ToString());
        Assert.Equal("2021-01-01T00:00:00Z", fixture.Logs.Seen[0].Stamp.KnownAt.ToString());
    }

    [Fact]
    public async Task Columns_that_do_not_fit_are_refused_before_anything_is_stored()
    {
        Assert.Contains("lists or records", (await fixture.RefusedAsync(Write("n.parquet", "SELECT TIMESTAMP '2020-01-01 00:00:00' AS event_time, [1, 2] AS page"), "clicks")).Message, StringComparison.Ordinal);
        Assert.Contains("'colour' is not in the contract", (await fixture.RefusedAsync(Write("u.parquet", "SELECT 'red' AS colour"), "clicks")).Message, StringComparison.Ordinal);
        Assert.Equal(0, fixture.Logs.Journal.Durable.Seq);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.9)]
    [InlineData(0.9999)]
    public async Task A_file_that_is_cut_short_is_refused(double kept)
    {
        var path = Write("t.parquet", "SELECT TIMESTAMP '2020-01-01 00:00:00' AS event_time, 'p' || i AS page FROM range(0, 5000) t(i)");
        var bytes = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path, bytes[..(int)(bytes.Length * kept)]);

        Assert.Equal("FLY3004", (await fixture.RefusedAsync(path, "clicks")).Code);
        Assert.Equal(0, fixture.Logs.Journal.Durable.Seq);
    }

    /// <summary>In the footer a count is a field of 64 bits one after the field before it (0x16), then 10,000 zigzagged (0x90 0x4E): 5,000 rows.</summary>
    [Fact]
    public async Task A_file_that_lies_about_its_number_of_rows_is_refused_wherever_the_lie_stands()
    {
        var path = Write("t.parquet", "SELECT TIMESTAMP '2020-01-01 00:00:00' AS event_time, 'p' || i AS page FROM range(0, 5000) t(i)");
        var bytes = await File.ReadAllBytesAsync(path);
        var places = Enumerable.Range(bytes.Length / 2, (bytes.Length / 2) - 3).Where(i => bytes.AsSpan(i, 3).SequenceEqual(new byte[] { 0x16, 0x90, 0x4E })).ToList();
        Assert.True(places.Count >= 3, $"{places.Count} counts found");

        foreach (var lie in (byte[])[0x8E, 0x92])
        {
            foreach (var places1 in places.Select(p => new[] { p }).Append([.. places]).Where(p => lie == 0x92 || p.Length == 1))
            {
                var lying = bytes.ToArray();
                foreach (var place in places1)
                {
                    lying[place + 1] = lie;
                }

                await File.WriteAllBytesAsync(path, lying);
                var refused = await Record.ExceptionAsync(() => fixture.ImportAsync(path, "clicks"));
                Assert.True(refused is Engine.Problems.FlyballException { Problem.Code: "FLY3004" }, $"{lie:x} at {string.Join(',', places1)}: {refused}");
            }
        }

        await File.WriteAllBytesAsync(path, bytes);
        Assert.Equal(5_000, (await fixture.ImportAsync(path, "clicks")).Received);
    }

    [Fact]
    public async Task A_file_without_rows_has_none()
    {
        Assert.Equal(new ImportProgress(0, 0, 0, 0), await fixture.ImportAsync(Write("e.parquet", "SELECT TIMESTAMP '2020-01-01 00:00:00' AS event_time, 'x' AS page LIMIT 0"), "clicks"));
    }

    private string Write(string name, string sql)
    {
        var path = Path.Combine(fixture.Logs.Folder, name);
        using var database = DuckDbDatabase.OpenInMemory();
        using var connection = database.Connect();
        connection.Execute($"COPY ({sql}) TO '{path}' (FORMAT parquet)");
        return path;
    }
}
