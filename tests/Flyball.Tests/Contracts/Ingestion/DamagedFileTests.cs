using System.Globalization;
using Flyball.Contracts.Ingestion;
using Flyball.Native.DuckDb;

namespace Flyball.Tests.Contracts.Ingestion;

/// <summary>A damaged file adds nothing and says where it is damaged; mended, it is stored once, in a source with a key and in one without.</summary>
public sealed class DamagedFileTests : IAsyncDisposable
{
    private const int Rows = 30_000;

    private readonly ImportFixture fixture = new();

    public ValueTask DisposeAsync() => fixture.DisposeAsync();

    [Theory]
    [InlineData("transactions")]
    [InlineData("clicks")]
    public async Task A_quote_that_never_closes_is_named_by_its_line_and_the_mended_file_is_stored_once(string source)
    {
        var whole = Csv(source);
        var lines = whole.Split('\n');
        lines[20_000] = lines[20_000].Insert(lines[20_000].LastIndexOf(',') + 1, "\"");
        var cut = string.Join('\n', lines[..20_001]) + "\n" + string.Join('\n', lines[20_001..]);

        var refused = await fixture.RefusedAsync(fixture.Write("d.csv", cut), source);

        Assert.Equal(("FLY3004", 20_001), (refused.Code, refused.Where!.Line));
        Assert.Contains("after row 19999, and nothing of it was stored", refused.Message, StringComparison.Ordinal);
        await StoredOnceAsync(fixture.Write("d.csv", whole), source);
    }

    [Theory]
    [InlineData("transactions", "d.csv.gz")]
    [InlineData("clicks", "d.csv.gz")]
    [InlineData("transactions", "d.ndjson.gz")]
    [InlineData("clicks", "d.ndjson.gz")]
    public async Task A_packed_file_that_is_cut_short_says_how_far_it_could_be_read(string source, string name)
    {
        var text = name.Contains("csv", StringComparison.Ordinal) ? Csv(source) : Lines(source);
        var path = fixture.Write(name, text);
        var bytes = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path, bytes[..(bytes.Length * 3 / 4)]);

        var refused = await fixture.RefusedAsync(path, source);

        // The line after the last whole row; a header is a line too.
        var row = int.Parse(refused.Message.Split("after row ")[1].Split(',')[0], CultureInfo.InvariantCulture);
        Assert.InRange(row, 10_000, Rows - 1);
        Assert.Equal(row + (name.Contains("csv", StringComparison.Ordinal) ? 2 : 1), refused.Where!.Line);
        await StoredOnceAsync(fixture.Write(name, text), source);
    }

    [Fact]
    public async Task A_line_that_never_ends_is_named()
    {
        var path = fixture.Write("l.ndjson", LogFixture.Transaction(1) + "\r\n\n" + LogFixture.Transaction(2) + "\r" + new string('x', 17 << 20));

        var refused = await fixture.RefusedAsync(path);

        Assert.Equal(4, refused.Where!.Line);
        Assert.Contains("after row 2", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, fixture.Logs.Journal.Durable.Seq);
    }

    [Theory]
    [InlineData("transactions", 0.5)]
    [InlineData("clicks", 0.5)]
    [InlineData("clicks", 0.99)]
    public async Task A_Parquet_file_that_ends_early_is_refused_and_the_whole_one_is_stored_once(string source, double kept)
    {
        var path = Parquet(source);
        var whole = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path, whole[..(int)(whole.Length * kept)]);

        Assert.Equal("FLY3004", (await fixture.RefusedAsync(path, source)).Code);

        await File.WriteAllBytesAsync(path, whole);
        await StoredOnceAsync(path, source);
    }

    [Fact]
    public async Task A_Parquet_file_with_bytes_lost_in_its_middle_stores_nothing()
    {
        var path = Parquet("clicks");
        var bytes = await File.ReadAllBytesAsync(path);
        bytes.AsSpan(bytes.Length / 2, 2_000).Clear();
        await File.WriteAllBytesAsync(path, bytes);

        var refused = await fixture.RefusedAsync(path, "clicks");

        Assert.Equal("FLY3004", refused.Code);
        Assert.Equal(0, fixture.Logs.Journal.Durable.Seq);
    }

    private async Task StoredOnceAsync(string path, string source)
    {
        Assert.Equal(0, fixture.Logs.Journal.Durable.Seq);
        var stored = await fixture.ImportAsync(path, source);
        var again = await fixture.ImportAsync(path, source);

        Assert.Equal((Rows, 3), ((int)stored.Received, (int)stored.Quarantined));
        Assert.Equal(new ImportProgress(Rows, 0, 0, Rows), again);
        Assert.Equal(Rows - 3, fixture.Logs.Seen.Count);
        Assert.Equal(3, fixture.Logs.Log.QuarantineCount(source));
    }

    private static string Csv(string source) => source == "clicks"
        ? "event_time,page\n" + string.Concat(Enumerable.Range(0, Rows).Select(i => $"{(i % 10_000 == 7 ? "never" : "2020-01-01T00:00:00Z")},p{i * 7919 % 100_003}\n"))
        : ImportFixture.Header + string.Concat(Enumerable.Range(0, Rows).Select(i => $"{i},2018-04-01T00:07:56Z,2,3,{(i % 10_000 == 7 ? -1 : i * 7919 % 9_973)}\n"));

    private static string Lines(string source) => string.Concat(Enumerable.Range(0, Rows).Select(i => source == "clicks"
        ? $$"""{"event_time":"{{(i % 10_000 == 7 ? "never" : "2020-01-01T00:00:00Z")}}","page":"p{{i * 7919 % 100_003}}"}""" + "\n"
        : LogFixture.Transaction(i, i % 10_000 == 7 ? -1 : i * 7919 % 9_973) + "\n"));

    private string Parquet(string source)
    {
        var path = Path.Combine(fixture.Logs.Folder, "d.parquet");
        using var database = DuckDbDatabase.OpenInMemory();
        using var connection = database.Connect();
        var sql = source == "clicks"
            ? "SELECT CASE WHEN i % 10000 = 7 THEN 'never' ELSE '2020-01-01T00:00:00Z' END AS event_time, 'p' || (i * 7919 % 100003) AS page FROM range(0, 30000) t(i)"
            : "SELECT i AS transaction_id, TIMESTAMP '2018-04-01 00:00:00' AS event_time, 2 AS customer_id, 3 AS terminal_id, (CASE WHEN i % 10000 = 7 THEN -1 ELSE i * 7919 % 9973 END)::DOUBLE AS amount FROM range(0, 30000) t(i)";
        connection.Execute($"COPY ({sql}) TO '{path}' (FORMAT parquet)");
        return path;
    }
}
