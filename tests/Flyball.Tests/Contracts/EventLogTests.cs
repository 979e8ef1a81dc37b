using Flyball.Contracts;
using Flyball.Contracts.Quarantine;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Storage.Journals;

namespace Flyball.Tests.Contracts;

public sealed class EventLogTests
{
    private const string Click = """{"event_time":"2020-01-01T00:00:00Z","page":"/"}""";

    [Fact]
    public async Task A_batch_is_split_into_accepted_quarantined_and_duplicate_rows_that_add_up()
    {
        await using var fixture = new LogFixture();
        await fixture.IngestAsync("transactions", LogFixture.Transaction(1));

        var report = (await fixture.IngestAsync(
            "transactions", LogFixture.Transaction(1), LogFixture.Transaction(2), LogFixture.Transaction(2), "not json", LogFixture.Transaction(3, -1), LogFixture.Transaction(1, 11), LogFixture.Transaction(2, 11))).Report!;

        Assert.Equal((7, 1, 4, 2), (report.Received, report.Accepted, report.Quarantined, report.Duplicates));
        Assert.Equal(["3:FLY3100", "4:FLY3103", "5:FLY3111", "6:FLY3111"], report.Reasons.Select(r => $"{r.Row}:{r.Problems[0].Code}"));
        Assert.Equal(6, report.Horizon.Seq);
        Assert.Equal([1L, 2L], fixture.Seen.Select(r => r.Row[0].AsInteger));
    }

    [Fact]
    public async Task An_answer_comes_after_every_subscriber_saw_the_rows()
    {
        await using var fixture = new LogFixture();
        for (var i = 0; i < 50; i++)
        {
            var report = (await fixture.IngestAsync("transactions", LogFixture.Transaction(i))).Report!;
            Assert.Equal(i + 1, fixture.Seen.Count);
            Assert.True(fixture.Log.Applied >= report.Horizon);
        }
    }

    [Fact]
    public async Task A_replay_gives_what_was_seen_live()
    {
        await using var fixture = new LogFixture();
        await fixture.IngestAsync("transactions", LogFixture.Transaction(1), "{}", LogFixture.Transaction(2, 0.1));
        await fixture.IngestAsync("everything", """{"region":"EU","number":1,"at":"2020-01-01T00:00:00.123456Z","flag":false,"note":"\ud83d\ude00","any":1e300}""");
        await fixture.IngestAsync("clicks", Click, Click);
        var live = fixture.Seen.ToList();

        await fixture.ReopenAsync();

        Assert.Equal(5, live.Count);
        Assert.Equal(live.Select(r => r.Stamp), fixture.Seen.Select(r => r.Stamp));
        Assert.Equal(live.SelectMany(r => r.Row), fixture.Seen.SelectMany(r => r.Row));
        Assert.Equal(new ReplayReport(5, 1, 0, new Horizon(6)), fixture.Replayed);
        Assert.Equal(6, fixture.Log.Applied.Seq);
    }

    [Fact]
    public async Task Duplicates_and_conflicts_are_known_after_a_restart()
    {
        await using var fixture = new LogFixture();
        await fixture.IngestAsync("transactions", LogFixture.Transaction(1));
        await fixture.ReopenAsync();

        var report = (await fixture.IngestAsync("transactions", LogFixture.Transaction(1), LogFixture.Transaction(1, 99))).Report!;

        Assert.Equal((0, 1, 1), (report.Accepted, report.Quarantined, report.Duplicates));
    }

    [Fact]
    public async Task A_duplicate_is_judged_by_content_not_by_how_it_was_written()
    {
        await using var fixture = new LogFixture();
        await fixture.IngestAsync("transactions", LogFixture.Transaction(5));

        var report = (await fixture.IngestAsync("transactions", """{ "amount":1.0e1,"terminal_id":1.0,"customer_id":5,"event_time":"2018-04-01T02:00:00.000+02:00","transaction_id":5 }""")).Report!;

        Assert.Equal(1, report.Duplicates);
    }

    [Fact]
    public async Task Keys_of_two_texts_do_not_run_together()
    {
        await using var fixture = new LogFixture(Sample.Compile(Sample.EverythingYaml.Replace("name: number, logicalType: integer", "name: number, logicalType: string", StringComparison.Ordinal)));

        var report = (await fixture.IngestAsync(
            "everything", """{"region":"bc","number":"a","at":"2020-01-01T00:00:00Z"}""", """{"region":"abc","number":"","at":"2020-01-01T00:00:00Z"}""", """{"region":"cc","number":"ab","at":"2020-01-01T00:00:00Z"}""")).Report!;

        Assert.Equal(3, report.Accepted);
    }

    [Fact]
    public async Task A_source_without_a_key_takes_equal_rows()
    {
        await using var fixture = new LogFixture();

        Assert.Equal(2, (await fixture.IngestAsync("clicks", Click, Click)).Report!.Accepted);
    }

    [Fact]
    public async Task Concurrent_requests_with_the_same_rows_store_each_row_once()
    {
        await using var fixture = new LogFixture();
        const int Requests = 64;
        const int Rows = 50;

        var reports = await Task.WhenAll(Enumerable.Range(0, Requests).Select(async r =>
        {
            await Task.Yield();
            // Overlapping windows, so that requests wait for several others.
            return (await fixture.IngestAsync("transactions", [.. Enumerable.Range(r / 4 * 10, Rows).Select(i => LogFixture.Transaction(i))])).Report!;
        }));

        var distinct = (((Requests - 1) / 4) * 10) + Rows;
        Assert.Equal(distinct, reports.Sum(r => r.Accepted));
        Assert.Equal((Requests * Rows) - distinct, reports.Sum(r => r.Duplicates));
        Assert.Equal(0, reports.Sum(r => r.Quarantined));
        Assert.Equal(distinct, fixture.Seen.Select(r => r.Row[0].AsInteger).Distinct().Count());
        Assert.Equal(distinct, fixture.Seen.Count);
    }

    [Fact]
    public async Task Concurrent_requests_with_one_key_and_different_content_store_one_and_quarantine_the_others()
    {
        await using var fixture = new LogFixture();

        var reports = await Task.WhenAll(Enumerable.Range(0, 32).Select(async i =>
        {
            await Task.Yield();
            return (await fixture.IngestAsync("transactions", LogFixture.Transaction(1, i))).Report!;
        }));

        Assert.Equal((1, 31), (reports.Sum(r => r.Accepted), reports.Sum(r => r.Quarantined)));
        Assert.Single(fixture.Seen);
    }

    [Fact]
    public async Task A_repeated_idempotency_key_gets_the_first_answer_also_after_a_restart()
    {
        await using var fixture = new LogFixture();
        string[] rows = [LogFixture.Transaction(1), LogFixture.Transaction(2, -5)];
        var first = (await fixture.IngestAsync("transactions", "k1", rows)).Report!;
        var durable = fixture.Journal.Durable;

        var again = (await fixture.IngestAsync("transactions", "k1", rows)).Report!;
        await fixture.ReopenAsync();
        var later = (await fixture.IngestAsync("transactions", "k1", rows)).Report!;

        foreach (var repeat in new[] { again, later })
        {
            Assert.True(repeat.Replayed);
            Assert.Equal(first.ToJson().ToJsonString(), repeat.ToJson().ToJsonString());
            Assert.Equal(first.Horizon, repeat.Horizon);
        }

        Assert.Equal(durable, fixture.Journal.Durable);
        Assert.Equal(1, fixture.Log.QuarantineCount("transactions"));
    }

    [Fact]
    public async Task An_idempotency_key_with_another_body_is_refused_and_stores_nothing()
    {
        await using var fixture = new LogFixture();
        await fixture.IngestAsync("transactions", "k1", [LogFixture.Transaction(1)]);

        var outcome = await fixture.IngestAsync("transactions", "k1", [LogFixture.Transaction(2)]);

        Assert.Equal("FLY4092", outcome.Problem!.Code);
        Assert.Single(fixture.Seen);
        Assert.Equal(1, (await fixture.IngestAsync("transactions", "k2", [LogFixture.Transaction(2)])).Report!.Accepted);
    }

    [Fact]
    public async Task A_request_of_duplicates_with_a_key_is_answered_the_same_again()
    {
        await using var fixture = new LogFixture();
        await fixture.IngestAsync("transactions", LogFixture.Transaction(1));
        await fixture.IngestAsync("transactions", "k1", [LogFixture.Transaction(1)]);

        var again = (await fixture.IngestAsync("transactions", "k1", [LogFixture.Transaction(1)])).Report!;

        Assert.True(again.Replayed);
        Assert.Equal(1, again.Duplicates);
        await fixture.ReopenAsync();
        Assert.Equal(1, fixture.Replayed.Rows);
    }

    [Fact]
    public async Task Known_at_is_assigned_or_the_event_time_of_an_import()
    {
        await using var fixture = new LogFixture();
        await fixture.IngestAsync("transactions", LogFixture.Transaction(1));
        await fixture.IngestAsync("transactions", null, [LogFixture.Transaction(2)], KnownAtPolicy.EventTime);

        Assert.True(fixture.Seen[0].Stamp.KnownAt.Micros > fixture.Seen[0].Stamp.EventTime.Micros);
        Assert.Equal(fixture.Seen[1].Stamp.EventTime.Micros, fixture.Seen[1].Stamp.KnownAt.Micros);
        Assert.Equal([1L, 2L], fixture.Seen.Select(r => r.Stamp.Seq));
    }

    [Fact]
    public async Task The_quarantine_is_read_in_pages_with_reasons_and_a_bounded_original()
    {
        await using var fixture = new LogFixture();
        await fixture.IngestAsync("transactions", LogFixture.Transaction(1), LogFixture.Transaction(2, -1), "{\"note\":\"" + new string('é', 200_000) + "\"}");
        await fixture.IngestAsync("clicks", "{}");
        await fixture.IngestAsync("transactions", "[]");
        await fixture.ReopenAsync();

        var first = fixture.Log.ReadQuarantine("transactions", default, 2);
        var rest = fixture.Log.ReadQuarantine("transactions", new Horizon(first[^1].Seq), 2);

        Assert.Equal(["FLY3103", "FLY3105"], first.Select(r => r.Problems[0].Code));
        Assert.Equal(("tester", "1.0.0", 1, LogFixture.Transaction(2, -1)), (first[0].Caller, first[0].Version, first[0].Row, first[0].Original));
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(first[1].Original), QuarantinedRow.LongestOriginal - 3, QuarantinedRow.LongestOriginal);
        Assert.Equal("[]", Assert.Single(rest).Original);
        Assert.Empty(fixture.Log.ReadQuarantine("transactions", new Horizon(rest[0].Seq), 2));
        Assert.Equal((3, 1, 0), (fixture.Log.QuarantineCount("transactions"), fixture.Log.QuarantineCount("clicks"), fixture.Log.QuarantineCount("other")));
    }

    [Fact]
    public async Task Rows_that_no_present_contract_can_read_are_counted_and_not_given_to_subscribers()
    {
        var folder = Directory.CreateTempSubdirectory("flyball-").FullName;
        try
        {
            await using (var journal = Journal.Open(folder, new JournalOptions(), TimeProvider.System))
            {
                await journal.AppendAsync(
                    new JournalBatch([new("events/gone", "{}"u8.ToArray()), new("events/clicks", """{"event_time":5}"""u8.ToArray()), new("events/clicks", """{"page":"x"}"""u8.ToArray())]), default);
            }

            await using var reopened = Journal.Open(folder, new JournalOptions(), TimeProvider.System);
            var log = new EventLog(reopened, new ContractSet([Sample.Keyless]));
            log.Subscribe(_ => Assert.Fail("No row can be read."));

            Assert.Equal(new ReplayReport(0, 0, 3, new Horizon(3)), log.Replay());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Ingesting_before_the_replay_and_subscribing_after_it_are_defects()
    {
        var folder = Directory.CreateTempSubdirectory("flyball-").FullName;
        await using (var journal = Journal.Open(folder, new JournalOptions(), TimeProvider.System))
        {
            var log = new EventLog(journal, new ContractSet([Sample.Keyless]));
            using var batch = log.NewBatch("clicks")!;

            await Assert.ThrowsAsync<InvalidOperationException>(async () => await log.IngestAsync(batch, new IngestTerms(LogFixture.Tester), default));
            log.Replay();
            Assert.Throws<InvalidOperationException>(() => log.Subscribe(_ => { }));
            Assert.Throws<InvalidOperationException>(() => log.Replay());
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_batch_that_meets_a_reserved_key_waits_until_that_batch_is_settled()
    {
        var index = new KeyIndex();
        var (first, second) = (new KeyReservation(), new KeyReservation());
        List<AcceptedRow> rows = [Row(7, 1)];
        List<AcceptedRow> others = [Row(8, 1), Row(7, 1)];

        Assert.Null(index.TryReserve(Keyed(rows), first));
        Assert.Same(first, index.TryReserve(Keyed(others), second));
        Assert.Equal(RowFate.Fresh, others[0].Fate);
        Assert.False(first.Settled.IsCompleted);

        // The first batch fails: its key is free again, and the second takes it.
        index.Release(Keyed(rows), first);
        await first.Settled;
        Assert.Null(index.TryReserve(Keyed(others), second));
        Assert.Equal([RowFate.Fresh, RowFate.Fresh], others.Select(r => r.Fate));

        // The second is durable: a third meets a duplicate and a conflict.
        index.AddDurable(7, 1, 0);
        index.AddDurable(8, 1, 0);
        index.Release(Keyed(others), second);
        List<AcceptedRow> third = [Row(7, 1), Row(8, 2)];
        Assert.Null(index.TryReserve(Keyed(third), new KeyReservation()));
        Assert.Equal([RowFate.Duplicate, RowFate.Conflict], third.Select(r => r.Fate));
        Assert.Equal(2, index.Count);
    }

    private static KeyedRows Keyed(List<AcceptedRow> rows) => new(rows, [], new KeyColumns(Sample.Transactions, []));

    private static AcceptedRow Row(UInt128 key, ulong content) => new() { Row = 0, Offset = 0, Length = 0, EventTimeMicros = 0, KnownAtMicros = null, Values = null, Key = key, Content = (uint)content, Entity = 0 };
}
