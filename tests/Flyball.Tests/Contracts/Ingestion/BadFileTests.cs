using System.IO.Compression;
using System.Text;
using Flyball.Contracts.Ingestion;

namespace Flyball.Tests.Contracts.Ingestion;

/// <summary>Files as they should not be: each ends in a clear answer, and what was counted as stored is stored.</summary>
public sealed class BadFileTests : IAsyncDisposable
{
    private const string Good = "1,2018-04-01T00:07:56Z,2,3,1\n";

    private readonly ImportFixture fixture = new();

    public ValueTask DisposeAsync() => fixture.DisposeAsync();

    [Fact]
    public async Task Line_ends_may_be_mixed()
    {
        var csv = fixture.Write("m.csv", ImportFixture.Header.Replace("\n", "\r\n", StringComparison.Ordinal) + "1,2018-04-01T00:07:56Z,2,3,1\r2,2018-04-01T00:07:56Z,2,3,1\n3,2018-04-01T00:07:56Z,2,3,1\r\n\r\n4,2018-04-01T00:07:56Z,2,3,1");
        var lines = fixture.Write("m.ndjson", string.Join('\r', LogFixture.Transaction(11), LogFixture.Transaction(12)) + "\n" + LogFixture.Transaction(13) + "\r\n\r\n" + LogFixture.Transaction(14));

        Assert.Equal(new ImportProgress(4, 4, 0, 0), await fixture.ImportAsync(csv));
        Assert.Equal(new ImportProgress(4, 4, 0, 0), await fixture.ImportAsync(lines));
        Assert.Equal([1, 2, 3, 4, 11, 12, 13, 14], fixture.Logs.Seen.Select(r => r.Row[0].AsInteger));
    }

    [Theory]
    [InlineData("b.csv")]
    [InlineData("b.csv.gz")]
    [InlineData("b.ndjson")]
    [InlineData("b.jsonl.gz")]
    public async Task The_mark_of_UTF8_is_passed_over_and_other_encodings_are_refused(string name)
    {
        var text = name.Contains("csv", StringComparison.Ordinal) ? ImportFixture.Header + Good : LogFixture.Transaction(1) + "\n" + LogFixture.Transaction(2);

        var marked = await fixture.ImportAsync(fixture.Write(name, [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text)]));

        Assert.Equal((0, marked.Received), (marked.Quarantined, marked.Accepted));
        foreach (var wide in (Encoding[])[Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32])
        {
            var refused = await fixture.RefusedAsync(fixture.Write(name, [.. wide.GetPreamble(), .. wide.GetBytes(text)]));
            Assert.Equal("FLY3004", refused.Code);
            Assert.Contains("UTF-16 or UTF-32", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_quote_that_never_closes_is_found_before_anything_is_stored()
    {
        var path = fixture.Write("q.csv", ImportFixture.Header + Good + "2,2018-04-01T00:07:56Z,2,3,\"1\n3,2018-04-01T00:07:56Z,2,3,1\n");

        var refused = await fixture.RefusedAsync(path);

        Assert.Equal("FLY3004", refused.Code);
        Assert.Contains("after row 1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("never closed", refused.Message, StringComparison.Ordinal);
        Assert.Equal(3, refused.Where!.Line);
        Assert.Equal(0, fixture.Logs.Journal.Durable.Seq);
    }

    [Fact]
    public async Task Text_after_a_closing_quote_and_longer_and_shorter_rows_are_put_aside_alone()
    {
        var path = fixture.Write("q.csv", ImportFixture.Header + "1,2018-04-01T00:07:56Z,2,3,\"1\"5\n2,2018-04-01T00:07:56Z,2,3,1,9,9\n3,2018-04-01T00:07:56Z\n" + Good);

        Assert.Equal(new ImportProgress(4, 1, 3, 0), await fixture.ImportAsync(path));
        Assert.Equal(["FLY3112", "FLY3112", "FLY3112"], fixture.Codes());
        Assert.Equal([0, 1, 2], fixture.Logs.Log.ReadQuarantine("transactions", default, 9).Select(r => r.Row));
    }

    [Theory]
    [InlineData("f.csv", "event_time,page\n2020-01-01T00:00:00Z,", "\n")]
    [InlineData("f.ndjson", "{\"event_time\":\"2020-01-01T00:00:00Z\",\"page\":\"", "\"}\n")]
    public async Task A_field_of_ten_megabytes_is_put_aside_and_kept_in_part(string name, string before, string after)
    {
        var path = fixture.Write(name, before + new string('x', 10_000_000) + after + (name == "f.csv" ? "2020-01-01T00:00:00Z,short\n" : "{\"event_time\":\"2020-01-01T00:00:00Z\",\"page\":\"short\"}"));

        Assert.Equal(new ImportProgress(2, 1, 1, 0), await fixture.ImportAsync(path, "clicks"));
        Assert.Equal(["FLY3107"], fixture.Codes("clicks"));
        Assert.InRange(fixture.Logs.Log.ReadQuarantine("clicks", default, 9)[0].Original.Length, 262_000, 262_144);
    }

    [Fact]
    public async Task Ten_thousand_columns_that_are_not_in_the_contract_are_refused_in_one_sentence()
    {
        var refused = await fixture.RefusedAsync(fixture.Write("w.csv", string.Join(',', Enumerable.Range(0, 10_000).Select(i => "c" + i)) + "\n"));
        var wider = await fixture.RefusedAsync(fixture.Write("w.csv", string.Join(',', Enumerable.Range(0, 10_001).Select(i => "c" + i)) + "\n"));

        Assert.Contains("'c0' is not in the contract", refused.Message, StringComparison.Ordinal);
        Assert.Contains("and 9989 more", refused.Message, StringComparison.Ordinal);
        Assert.InRange(refused.Message.Length, 100, 2_000);
        Assert.Contains("10001 columns", wider.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("transaction_id,event_time,customer_id,terminal_id,amount,amount\n", "'amount' appears twice")]
    [InlineData("transaction_id,event_time,customer_id,terminal_id,amount,x,x\n", "'x' appears twice")]
    public async Task A_header_that_names_a_column_twice_is_refused(string header, string message)
    {
        Assert.Contains(message, (await fixture.RefusedAsync(fixture.Write("d.csv", header))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_file_is_refused_where_a_header_is_due_and_a_header_alone_has_no_rows()
    {
        Assert.Contains("empty", (await fixture.RefusedAsync(fixture.Write("e.csv", ""))).Message, StringComparison.Ordinal);
        Assert.Contains("empty", (await fixture.RefusedAsync(fixture.Write("e.csv.gz", ""))).Message, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(Path.Combine(fixture.Logs.Folder, "z.csv.gz"), []);
        Assert.Equal("FLY3004", (await fixture.RefusedAsync(Path.Combine(fixture.Logs.Folder, "z.csv.gz"))).Code);
        await File.WriteAllBytesAsync(Path.Combine(fixture.Logs.Folder, "z.ndjson.gz"), []);
        Assert.Equal("FLY3004", (await fixture.RefusedAsync(Path.Combine(fixture.Logs.Folder, "z.ndjson.gz"))).Code);

        Assert.Equal(new ImportProgress(0, 0, 0, 0), await fixture.ImportAsync(fixture.Write("h.csv", ImportFixture.Header)));
        Assert.Equal(new ImportProgress(0, 0, 0, 0), await fixture.ImportAsync(fixture.Write("h.csv", ImportFixture.Header.TrimEnd())));
        Assert.Equal(new ImportProgress(0, 0, 0, 0), await fixture.ImportAsync(fixture.Write("h.ndjson", "")));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.999)]
    public async Task A_packed_file_that_is_cut_short_never_passes_for_a_whole_one(double kept)
    {
        var whole = fixture.Write("w.ndjson.gz", string.Join('\n', Enumerable.Range(0, 5_000).Select(i => LogFixture.Transaction(i, i % 977))));
        var bytes = await File.ReadAllBytesAsync(whole);
        await File.WriteAllBytesAsync(whole, bytes[..(int)(bytes.Length * kept)]);

        var refused = await fixture.RefusedAsync(whole);

        Assert.Equal("FLY3004", refused.Code);
        Assert.Contains("damaged after row", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_packed_file_with_a_wrong_checksum_is_refused()
    {
        using var packed = new MemoryStream();
        await using (var stream = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(ImportFixture.Header + Good));
        }

        var bytes = packed.ToArray();
        bytes[^6] ^= 0x55;
        var path = Path.Combine(fixture.Logs.Folder, "c.csv.gz");
        await File.WriteAllBytesAsync(path, bytes);

        Assert.Equal("FLY3004", (await fixture.RefusedAsync(path)).Code);
    }

    [Theory]
    [InlineData("""{"transaction_id":1,"event_time":"2018-04-01T00:07:56Z","customer_id":2,"terminal_id":3,"amount":1,"amount":2}""", "FLY3106")]
    [InlineData("""{"transaction_id":"1","event_time":"2018-04-01T00:07:56Z","customer_id":2,"terminal_id":3,"amount":1}""", "FLY3102")]
    [InlineData("""{"transaction_id":1,"event_time":"2018-04-01T00:07:56Z","customer_id":2,"terminal_id":3,"amount":"1"}""", "FLY3102")]
    [InlineData("""{"transaction_id":1,"event_time":"0000-01-01T00:00:00Z","customer_id":2,"terminal_id":3,"amount":1}""", "FLY3108")]
    [InlineData("""{"transaction_id":1,"event_time":"2016-12-31T23:59:60Z","customer_id":2,"terminal_id":3,"amount":1}""", "FLY3108")]
    [InlineData("""{"transaction_id":1,"event_time":"9999-12-31T23:59:59-00:01","customer_id":2,"terminal_id":3,"amount":1}""", "FLY3108")]
    [InlineData("""{"transaction_id":9223372036854775808,"event_time":"2018-04-01T00:07:56Z","customer_id":2,"terminal_id":3,"amount":1}""", "FLY3104")]
    [InlineData("[1]", "FLY3100")]
    [InlineData("{", "FLY3100")]
    [InlineData("\0", "FLY3100")]
    public async Task A_bad_line_is_put_aside_with_its_reason(string line, string code)
    {
        Assert.Equal(new ImportProgress(2, 1, 1, 0), await fixture.ImportAsync(fixture.Write("l.ndjson", line + "\n" + LogFixture.Transaction(7))));
        Assert.Equal([code], fixture.Codes());
    }

    [Fact]
    public async Task Whole_numbers_are_exact_in_integers_and_refused_where_a_double_would_change_them()
    {
        const string Number = """{"number":9007199254740993,"region":"EU","at":"9999-12-31T23:59:59Z","any":%}""";
        var path = fixture.Write("n.ndjson", Number.Replace(",\"any\":%", "", StringComparison.Ordinal) + "\n" + Number.Replace("%", "9007199254740993", StringComparison.Ordinal));
        var csv = fixture.Write("n.csv", "number,region,at,any\n9007199254740995,EU,0001-01-01T00:00:00Z,\n9007199254740996,EU,0001-01-01T00:00:00Z,9007199254740993\n");

        Assert.Equal(new ImportProgress(2, 1, 1, 0), await fixture.ImportAsync(path, "everything"));
        Assert.Equal(new ImportProgress(2, 1, 1, 0), await fixture.ImportAsync(csv, "everything"));
        Assert.Equal(["FLY3104", "FLY3104"], fixture.Codes("everything"));
        Assert.Equal([9007199254740993, 9007199254740995], fixture.Logs.Seen.Select(r => r.Row[1].AsInteger));
    }

    [Fact]
    public async Task A_NUL_and_a_lone_surrogate_are_put_aside_in_either_form()
    {
        var csv = fixture.Write("t.csv", [.. "event_time,page\n2020-01-01T00:00:00Z,a\0b\n2020-01-01T00:00:00Z,"u8, 0xED, 0xA0, 0x80, .. "\n2020-01-01T00:00:00Z,"u8, 0xFF, .. "\n2020-01-01T00:00:00Z,\u00e9\n"u8]);
        var lines = fixture.Write("t.ndjson", """
            {"event_time":"2020-01-01T00:00:00Z","page":"\u0000"}
            {"event_time":"2020-01-01T00:00:00Z","page":"\ud800"}
            {"event_time":"2020-01-01T00:00:00Z","page":"\ud83d\ude00"}
            """);

        Assert.Equal(new ImportProgress(4, 1, 3, 0), await fixture.ImportAsync(csv, "clicks"));
        Assert.Equal(new ImportProgress(3, 1, 2, 0), await fixture.ImportAsync(lines, "clicks"));
        Assert.All(fixture.Codes("clicks"), c => Assert.Equal("FLY3110", c));
    }
}
