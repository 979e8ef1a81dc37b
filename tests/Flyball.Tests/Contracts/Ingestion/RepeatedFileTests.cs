using System.Globalization;
using Flyball.Contracts;
using Flyball.Contracts.Ingestion;

namespace Flyball.Tests.Contracts.Ingestion;

/// <summary>The same file twice adds nothing, with a key and without, whatever became of its rows the first time.</summary>
public sealed class RepeatedFileTests : IAsyncDisposable
{
    private readonly ImportFixture fixture = new();

    public ValueTask DisposeAsync() => fixture.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_repeated_file_counts_every_row_as_a_duplicate_and_writes_nothing(bool reopen)
    {
        var keyed = fixture.Write("t.csv", ImportFixture.Header + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i},2018-04-01T00:07:56Z,2,3,{(i % 10 == 0 ? "-1" : "1")}\n")));
        var keyless = fixture.Write("c.csv", "event_time,page\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{(i % 10 == 0 ? "never" : "2020-01-01T00:00:00Z")},p{i % 7}\n")));
        Assert.Equal(new ImportProgress(20_000, 18_000, 2_000, 0), await fixture.ImportAsync(keyed));
        Assert.Equal(new ImportProgress(20_000, 18_000, 2_000, 0), await fixture.ImportAsync(keyless, "clicks"));
        var stored = fixture.Logs.Journal.Durable;
        if (reopen)
        {
            await fixture.Logs.ReopenAsync();
        }

        Assert.Equal(new ImportProgress(20_000, 0, 0, 20_000), await fixture.ImportAsync(keyed));
        Assert.Equal(new ImportProgress(20_000, 0, 0, 20_000), await fixture.ImportAsync(keyless, "clicks", KnownAtPolicy.EventTime));

        Assert.Equal(stored, fixture.Logs.Journal.Durable);
        Assert.Equal(2_000, fixture.Logs.Log.QuarantineCount("transactions"));
        Assert.Equal(2_000, fixture.Logs.Log.QuarantineCount("clicks"));
    }

    [Fact]
    public async Task A_rerun_after_a_stop_continues_where_the_first_one_ended()
    {
        var path = fixture.Write("c.csv", "event_time,page\n" + string.Concat(Enumerable.Range(0, 60_000).Select(i => $"2020-01-01T00:00:00Z,p{i}\n")));
        using var stop = new CancellationTokenSource();
        var before = new ImportProgress(0, 0, 0, 0);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => EventImport.RunAsync(
            fixture.Logs.Log,
            "clicks",
            path,
            KnownAtPolicy.Assigned,
            LogFixture.Tester,
            step =>
            {
                before = step.Total;
                stop.Cancel();
            },
            stop.Token));

        var after = await fixture.ImportAsync(path, "clicks");

        Assert.InRange(before.Accepted, 1, 59_999);
        Assert.Equal(60_000, after.Received);
        Assert.Equal(60_000, after.Accepted + after.Duplicates);
        Assert.True(after.Duplicates >= before.Accepted);
        Assert.Equal(Enumerable.Range(0, 60_000).Select(i => "p" + i.ToString(CultureInfo.InvariantCulture)), fixture.Logs.Seen.Select(r => r.Row[1].AsText));
    }

    [Fact]
    public async Task Another_file_with_equal_rows_is_another_file_in_a_source_without_a_key()
    {
        var one = fixture.Write("a.csv", "event_time,page\n2020-01-01T00:00:00Z,x\n");
        var other = fixture.Write("b.csv", "event_time,page\n2020-01-01T00:00:00Z,x\n2020-01-01T00:00:01Z,y\n");

        Assert.Equal(new ImportProgress(1, 1, 0, 0), await fixture.ImportAsync(one, "clicks"));
        Assert.Equal(new ImportProgress(2, 2, 0, 0), await fixture.ImportAsync(other, "clicks"));
    }

    [Fact]
    public async Task A_new_contract_judges_anew_what_the_old_one_put_aside_and_keeps_what_it_took()
    {
        await using var strict = new ImportFixture(Sample.Transactions);
        var path = strict.Write("t.csv", ImportFixture.Header + "1,2018-04-01T00:07:56Z,2,3,1\n2,2018-04-01T00:07:56Z,2,3,-1\n");
        Assert.Equal(new ImportProgress(2, 1, 1, 0), await strict.ImportAsync(path));
        var looser = Sample.Compile(Sample.TransactionsYaml.Replace("minimum: 0,", "minimum: -5,", StringComparison.Ordinal).Replace("version: 1.0.0", "version: 1.1.0", StringComparison.Ordinal));
        await strict.Logs.Journal.DisposeAsync();
        await using var journal = Flyball.Storage.Journals.Journal.Open(Path.Combine(strict.Logs.Folder, "events"), new(), TimeProvider.System);
        var log = new EventLog(journal, new ContractSet([looser]));
        log.Replay();

        var again = await EventImport.RunAsync(log, "transactions", path, KnownAtPolicy.Assigned, LogFixture.Tester, null, default);

        Assert.Equal(new ImportProgress(2, 1, 0, 1), again);
    }

    [Fact]
    public async Task What_subscribers_are_given_live_is_what_a_replay_gives_them()
    {
        var path = fixture.Write("e.ndjson", """
            {"region":"EU","number":1,"at":"2020-01-01T00:00:00.123456789+02:00","flag":true,"ratio":-0.0,"any":1e-7,"small":3,"day":"2020-02-29","code":"aa","note":"\u00e9\ud83d\ude00\"\\"}
            {"region":"US","number":2,"at":"2020-01-01T00:00:00Z","any":0.1}
            """);
        await fixture.ImportAsync(path, "everything", KnownAtPolicy.EventTime);
        await fixture.Logs.IngestAsync("everything", """{"region":"US","number":3,"at":"2020-01-01T00:00:00Z","any":123456789.125}""");
        var live = fixture.Logs.Seen.ToList();

        await fixture.Logs.ReopenAsync();

        Assert.Equal(3, live.Count);
        Assert.Equal(live.Select(r => r.Stamp), fixture.Logs.Seen.Select(r => r.Stamp));
        Assert.Equal(live.SelectMany(r => r.Row), fixture.Logs.Seen.SelectMany(r => r.Row));
    }
}
