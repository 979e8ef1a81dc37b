using System.IO.Compression;
using System.Text;
using Flyball.Contracts;
using Flyball.Contracts.Ingestion;
using Flyball.Engine.Problems;

namespace Flyball.Tests.Contracts;

public sealed class EventImportTests : IAsyncDisposable
{
    private const string Header = "transaction_id,event_time,customer_id,terminal_id,amount\n";

    private readonly LogFixture fixture = new();

    public ValueTask DisposeAsync() => fixture.DisposeAsync();

    [Theory]
    [InlineData("t.csv", "amount,transaction_id,event_time,customer_id,terminal_id\n146.00,1,2018-04-01T00:07:56Z,2,3\n\"9.5\",2,2018-04-01T02:07:57+02:00,2,3\n")]
    [InlineData("t.csv.gz", "amount,transaction_id,event_time,customer_id,terminal_id\r\n146.00,1,2018-04-01T00:07:56Z,2,3\r\n9.50,2,2018-04-01T00:07:57Z,2,3")]
    [InlineData("t.tsv", "transaction_id\tevent_time\tcustomer_id\tterminal_id\tamount\n1\t2018-04-01T00:07:56Z\t2\t3\t146\n2\t2018-04-01T00:07:57Z\t2\t3\t9.5\n")]
    [InlineData("t.ndjson", "{\"transaction_id\":1,\"event_time\":\"2018-04-01T00:07:56Z\",\"customer_id\":2,\"terminal_id\":3,\"amount\":146}\n\n{\"transaction_id\":2,\"event_time\":\"2018-04-01T00:07:57Z\",\"customer_id\":2,\"terminal_id\":3,\"amount\":9.5}")]
    [InlineData("t.jsonl.gz", "{\"transaction_id\":1,\"event_time\":\"2018-04-01T00:07:56Z\",\"customer_id\":2,\"terminal_id\":3,\"amount\":146}\r\n{\"transaction_id\":2,\"event_time\":\"2018-04-01T00:07:57Z\",\"customer_id\":2,\"terminal_id\":3,\"amount\":9.5}\r\n")]
    public async Task Every_form_gives_the_same_rows(string name, string text)
    {
        var progress = await ImportAsync(Write(name, text));

        Assert.Equal(new ImportProgress(2, 2, 0, 0), progress);
        Assert.Equal([146, 9.5], fixture.Seen.Select(r => r.Row[4].AsNumber));
        Assert.Equal(["2018-04-01T00:07:56Z", "2018-04-01T00:07:57Z"], fixture.Seen.Select(r => r.Stamp.EventTime.ToString()));
        Assert.All(fixture.Seen, r => Assert.Equal(r.Stamp.EventTime.Micros, r.Stamp.KnownAt.Micros));
    }

    [Theory]
    [InlineData("1,2018-04-01T00:07:56Z,2,3,", "FLY3101")]
    [InlineData("1,2018-04-01 00:07:56,2,3,1", "FLY3108")]
    [InlineData("1,2018-04-01T00:07:56Z,2,3,NaN", "FLY3102")]
    [InlineData("1,2018-04-01T00:07:56Z,2,3,1e400", "FLY3104")]
    [InlineData("1,2018-04-01T00:07:56Z,2,3,-1", "FLY3103")]
    [InlineData("1,2018-04-01T00:07:56Z,2,3,\"1,5\"", "FLY3102")]
    [InlineData("1,2018-04-01T00:07:56Z,2.5,3,1", "FLY3102")]
    [InlineData("99999999999999999999,2018-04-01T00:07:56Z,2,3,1", "FLY3104")]
    [InlineData("1,2018-04-01T00:07:56Z,2,3", "FLY3112")]
    [InlineData("1,2018-04-01T00:07:56Z,2,3,1,x", "FLY3112")]
    public async Task A_wrong_row_of_a_file_is_quarantined_as_it_was_written(string row, string code)
    {
        var progress = await ImportAsync(Write("t.csv", Header + row + "\n7,2018-04-01T00:07:56Z,2,3,1\n"));

        Assert.Equal(new ImportProgress(2, 1, 1, 0), progress);
        var quarantined = Assert.Single(fixture.Log.ReadQuarantine("transactions", default, 10));
        Assert.Equal(code, Assert.Single(quarantined.Problems).Code);
        Assert.Equal(row, quarantined.Original);
    }

    [Fact]
    public async Task Optional_texts_flags_and_dates_are_read_from_a_file()
    {
        var path = Write("e.csv", "region,number,at,flag,day,note,small\nEU,1,2020-01-01T00:00:00Z,TRUE,2020-02-29,\"a \"\"b\"\", ä\",\nUS,2,2020-01-01T00:00:00Z,0,,,-3\n");

        await EventImport.RunAsync(fixture.Log, "everything", path, KnownAtPolicy.Assigned, LogFixture.Tester, null, default);

        Assert.Equal(2, fixture.Seen.Count);
        Assert.Equal("EU|1|2020-01-01T00:00:00Z|true|null|null|null|2020-02-29T00:00:00Z|null|a \"b\", ä", string.Join('|', fixture.Seen[0].Row));
        Assert.Equal("US|2|2020-01-01T00:00:00Z|false|null|null|-3|null|null|null", string.Join('|', fixture.Seen[1].Row));
    }

    [Theory]
    [InlineData("t.csv", "", "empty")]
    [InlineData("t.csv", "transaction_id,event_time,customer_id,terminal_id\n", "'amount' is required and absent")]
    [InlineData("t.csv", "transaction_id,event_time,customer_id,terminal_id,amount,colour\n", "'colour' is not in the contract")]
    [InlineData("t.csv", "transaction_id,event_time,customer_id,terminal_id,amount,amount\n", "'amount' appears twice")]
    [InlineData("t.parquet", "x", "not a whole Parquet file")]
    [InlineData("t.parquet.gz", "x", "form of the file")]
    [InlineData("t", "x", "form of the file")]
    [InlineData("t.gz", "x", "form of the file")]
    [InlineData("bad.csv.gz", "this is not gzip", "damaged")]
    public async Task A_file_that_does_not_fit_is_refused_before_anything_is_stored(string name, string text, string message)
    {
        var path = Path.Combine(fixture.Folder, name);
        await File.WriteAllTextAsync(path, text);

        var refused = await Assert.ThrowsAsync<FlyballException>(() => ImportAsync(path));

        Assert.Equal("FLY3004", refused.Problem.Code);
        Assert.Contains(message, refused.Problem.Message, StringComparison.Ordinal);
        Assert.Equal(0, fixture.Journal.Durable.Seq);
    }

    [Theory]
    [InlineData("long.csv")]
    [InlineData("long.ndjson")]
    public async Task A_line_without_end_is_refused_with_bounded_memory(string name)
    {
        var path = Write(name, (name == "long.csv" ? Header + "\"" : "") + new string('x', 20_000_000));

        var refused = await Assert.ThrowsAsync<FlyballException>(() => ImportAsync(path));

        Assert.Contains("damaged after row 0", refused.Problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_and_an_unknown_source_say_so()
    {
        Assert.Equal("FLY3004", (await Assert.ThrowsAsync<FlyballException>(() => ImportAsync(Path.Combine(fixture.Folder, "no.csv")))).Problem.Code);
        Assert.Equal("FLY4004", (await Assert.ThrowsAsync<FlyballException>(() =>
            EventImport.RunAsync(fixture.Log, "nope", "x.csv", KnownAtPolicy.Assigned, LogFixture.Tester, null, default))).Problem.Code);
    }

    [Fact]
    public async Task A_truncated_archive_stores_nothing_and_the_whole_file_is_stored_once()
    {
        var whole = Write("w.csv.gz", Header + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i},2018-04-01T00:07:56Z,{i % 97},3,{i % 1000}.25\n")));
        var cut = Path.Combine(fixture.Folder, "cut.csv.gz");
        var bytes = await File.ReadAllBytesAsync(whole);
        await File.WriteAllBytesAsync(cut, bytes[..(bytes.Length / 2)]);

        var before = new ImportProgress(0, 0, 0, 0);
        await Assert.ThrowsAsync<FlyballException>(() => EventImport.RunAsync(fixture.Log, "transactions", cut, KnownAtPolicy.EventTime, LogFixture.Tester, p => before = p.Total, default));
        var after = await ImportAsync(whole);

        Assert.Equal(0, before.Received);
        Assert.Equal(new ImportProgress(20_000, 20_000, 0, 0), after);
        Assert.Equal(20_000, fixture.Seen.Count);
    }

    [Fact]
    public async Task The_real_file_of_174289_transactions_goes_through_the_gate_and_a_second_time_as_duplicates()
    {
        var path = SharedFiles.Find("data/fraud/transactions.csv.gz");

        var clock = System.Diagnostics.Stopwatch.StartNew();
        var first = await ImportAsync(path);
        var took = clock.Elapsed;
        var second = await ImportAsync(path);

        Assert.Equal(new ImportProgress(174_289, 174_289, 0, 0), first);
        Assert.Equal(new ImportProgress(174_289, 0, 0, 174_289), second);
        // The rows, and the reference that a first large import leaves.
        Assert.Equal(174_290, fixture.Journal.Durable.Seq);
        TestContext.Current.TestOutputHelper?.WriteLine($"first import {took.TotalSeconds:F2} s, second {(clock.Elapsed - took).TotalSeconds:F2} s");

        clock.Restart();
        await fixture.ReopenAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"open and replay {clock.Elapsed.TotalSeconds:F2} s");
        Assert.Equal(174_289, fixture.Replayed.Rows);
    }

    private Task<ImportProgress> ImportAsync(string path) =>
        EventImport.RunAsync(fixture.Log, "transactions", path, KnownAtPolicy.EventTime, LogFixture.Tester, null, default);

    private string Write(string name, string text)
    {
        var path = Path.Combine(fixture.Folder, name);
        using Stream file = File.Create(path);
        using var stream = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file;
        stream.Write(Encoding.UTF8.GetBytes(text));
        return path;
    }
}
