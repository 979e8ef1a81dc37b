using Flyball.Contracts;
using Flyball.Contracts.Holds;
using Flyball.Contracts.Quarantine;
using Flyball.Engine.Problems;
using Flyball.Tests.Contracts.Quarantine;

namespace Flyball.Tests.Contracts.Holds;

public sealed class HoldDeskTests
{
    private static readonly string[] Rows = [LogFixture.Transaction(1), LogFixture.Transaction(2), LogFixture.Transaction(2), LogFixture.Transaction(3, -1)];

    [Fact]
    public async Task A_held_batch_is_stored_apart_and_nobody_sees_it()
    {
        await using var fixture = new DeskFixture();

        var report = (await fixture.Logs.HoldAsync("transactions", Rows)).Report!;

        Assert.Equal((4, 0, 1, 1, 2), (report.Received, report.Accepted, report.Quarantined, report.Duplicates, report.Held));
        Assert.Equal("volume", Assert.Single(report.Findings).Rule);
        Assert.Empty(fixture.Logs.Seen);
        Assert.DoesNotContain(fixture.Logs.Journal.Read(default, fixture.Logs.Journal.Durable), r => r.Stream.StartsWith("events/", StringComparison.Ordinal));
        await fixture.Logs.ReopenAsync();
        Assert.Empty(fixture.Logs.Seen);
        Assert.Equal((0L, 0L, fixture.Logs.Journal.Durable), (fixture.Logs.Replayed.Rows, fixture.Logs.Replayed.Unread, fixture.Log.Applied));
        var batch = Assert.Single(fixture.Log.StateOf("transactions")!.Holds.All());
        Assert.Equal((report.Batch, HoldState.Open, 2L), (batch.Id, batch.State, batch.Rows));
        Assert.Equal(LogFixture.Held.Findings, batch.Parts[0].Part.Findings);
    }

    [Fact]
    public async Task Keys_of_held_rows_are_reserved_until_a_discard_frees_them()
    {
        await using var fixture = new DeskFixture();
        var held = (await fixture.Logs.HoldAsync("transactions", [LogFixture.Transaction(1)])).Report!;

        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(1, (await fixture.Logs.IngestAsync("transactions", LogFixture.Transaction(1))).Report!.Duplicates);
            Assert.Equal("FLY3111", (await fixture.Logs.IngestAsync("transactions", LogFixture.Transaction(1, 99))).Report!.Reasons[0].Problems[0].Code);
            var again = (await fixture.Logs.HoldAsync("transactions", [LogFixture.Transaction(1)])).Report!;
            Assert.Equal((1, 0, held.Batch), (again.Duplicates, again.Held, again.Batch));
            await fixture.Logs.ReopenAsync();
        }

        await fixture.Holds.DiscardAsync("transactions", held.Batch!, LogFixture.Tester, "a test load", default);

        Assert.Equal(1, (await fixture.Logs.IngestAsync("transactions", LogFixture.Transaction(1))).Report!.Accepted);
        Assert.Single(fixture.Logs.Seen);
    }

    [Fact]
    public async Task A_discard_stays_a_discard_after_a_restart()
    {
        await using var fixture = new DeskFixture();
        var held = (await fixture.Logs.HoldAsync("transactions", [LogFixture.Transaction(1)])).Report!;
        await fixture.Holds.DiscardAsync("transactions", held.Batch!, LogFixture.Tester, "x", default);
        await fixture.Logs.ReopenAsync();

        Assert.Equal(HoldState.Discarded, fixture.Log.StateOf("transactions")!.Holds.Find(held.Batch!)!.State);
        Assert.Equal(1, (await fixture.Logs.IngestAsync("transactions", LogFixture.Transaction(1))).Report!.Accepted);
        Assert.Equal("FLY4093", (await Assert.ThrowsAsync<FlyballException>(() => fixture.Holds.ReleaseAsync("transactions", held.Batch!, LogFixture.Tester, "x", default))).Problem.Code);
    }

    [Fact]
    public async Task A_release_lets_the_rows_in_once_with_a_known_at_of_now()
    {
        await using var fixture = new DeskFixture();
        var held = (await fixture.Logs.HoldAsync("transactions", Rows)).Report!;
        var arrival = fixture.Log.StateOf("transactions")!.Holds.All()[0].Parts[0].Part.At;

        var decided = await fixture.Holds.ReleaseAsync("transactions", held.Batch!, LogFixture.Tester, "a sale", default);
        var durable = fixture.Logs.Journal.Durable;

        Assert.Equal((2L, 2L, 0L, false), (decided.Rows, decided.Released, decided.Quarantined, decided.Replayed));
        Assert.Equal([1L, 2L], fixture.Logs.Seen.Select(r => r.Row[0].AsInteger));
        Assert.All(fixture.Logs.Seen, r => Assert.True(r.Stamp.KnownAt > arrival));
        for (var i = 0; i < 2; i++)
        {
            var again = await fixture.Holds.ReleaseAsync("transactions", held.Batch!, LogFixture.Tester, "again", default);
            Assert.Equal(decided with { Replayed = true }, again);
            Assert.Equal("FLY4093", (await Assert.ThrowsAsync<FlyballException>(() => fixture.Holds.DiscardAsync("transactions", held.Batch!, LogFixture.Tester, "x", default))).Problem.Code);
            Assert.Equal(2, (await fixture.Logs.IngestAsync("transactions", LogFixture.Transaction(1), LogFixture.Transaction(2))).Report!.Duplicates);
            Assert.Equal(2, fixture.Logs.Seen.Count);
            await fixture.Logs.ReopenAsync();
        }

        Assert.Equal(durable, fixture.Logs.Journal.Durable);
        var entry = Assert.Single(fixture.Audited);
        Assert.Equal(("hold.release", $"transactions/{held.Batch}", "a sale", 2), ((string)entry["action"]!, (string)entry["object_id"]!, (string)entry["reason"]!, (int)entry["details"]!["rows"]!));
    }

    [Fact]
    public async Task History_that_was_held_keeps_the_known_at_that_its_import_stated()
    {
        await using var fixture = new DeskFixture();
        var held = (await fixture.Logs.HoldAsync("transactions", Rows, knownAt: KnownAtPolicy.EventTime)).Report!;
        await fixture.Logs.ReopenAsync();

        await fixture.Holds.ReleaseAsync("transactions", held.Batch!, LogFixture.Tester, "x", default);

        Assert.Equal(2, fixture.Logs.Seen.Count);
        Assert.All(fixture.Logs.Seen, r => Assert.Equal(r.Stamp.EventTime.Micros, r.Stamp.KnownAt.Micros));
    }

    [Fact]
    public async Task A_released_row_that_breaks_the_contract_as_it_is_now_goes_into_quarantine()
    {
        await using var fixture = new DeskFixture();
        var held = (await fixture.Logs.HoldAsync("transactions", [LogFixture.Transaction(1, 5), LogFixture.Transaction(2, 500)])).Report!;
        await fixture.Logs.ReopenAsync(Sample.Compile(Sample.TransactionsYaml.Replace("maximum: 10000", "maximum: 100", StringComparison.Ordinal)));

        var decided = await fixture.Holds.ReleaseAsync("transactions", held.Batch!, LogFixture.Tester, "x", default);

        Assert.Equal((1L, 1L), (decided.Released, decided.Quarantined));
        var row = Assert.Single(fixture.Log.ReadQuarantine("transactions", default, 10));
        Assert.Equal(("FLY3103", LogFixture.Transaction(2, 500), KeptForm.Stored), (row.Problems[0].Code, row.Original, row.Form));
    }

    [Fact]
    public async Task A_long_batch_has_parts_and_a_release_that_was_cut_short_goes_on()
    {
        await using var fixture = new DeskFixture();
        for (var i = 0; i < 3; i++)
        {
            await fixture.Logs.HoldAsync("transactions", [.. Enumerable.Range(i * 10, 10).Select(n => LogFixture.Transaction(n))], "file");
        }

        var events = Path.Combine(fixture.Logs.Folder, "events");
        var segment = Directory.GetFiles(events).OrderBy(f => new FileInfo(f).Length).Last();
        Dictionary<string, byte[]> before = [];
        await fixture.Logs.ReopenAsync(() => before = Directory.GetFiles(events).ToDictionary(f => f, File.ReadAllBytes));
        await fixture.Holds.ReleaseAsync("transactions", "file", LogFixture.Tester, "x", default);
        byte[] whole = [];
        await fixture.Logs.ReopenAsync(() => whole = File.ReadAllBytes(segment));
        var states = new HashSet<HoldState>();

        for (var length = before[segment].Length; length <= whole.Length; length += Math.Max(1, (whole.Length - before[segment].Length) / 25))
        {
            await fixture.Logs.ReopenAsync(() =>
            {
                foreach (var (file, bytes) in before)
                {
                    File.WriteAllBytes(file, file == segment ? whole[..length] : bytes);
                }
            });
            var state = fixture.Log.StateOf("transactions")!.Holds.Find("file")!.State;
            states.Add(state);
            Assert.Equal(0, fixture.Logs.Seen.Count % 10);
            Assert.Equal(state switch { HoldState.Open => 0, HoldState.Released => 30, _ => fixture.Logs.Seen.Count }, fixture.Logs.Seen.Count);
            if (state == HoldState.Releasing)
            {
                Assert.Equal("FLY4093", (await Assert.ThrowsAsync<FlyballException>(() => fixture.Holds.DiscardAsync("transactions", "file", LogFixture.Tester, "x", default))).Problem.Code);
            }

            Assert.Equal(30, (await fixture.Holds.ReleaseAsync("transactions", "file", LogFixture.Tester, "x", default)).Released);
            Assert.Equal(30, fixture.Logs.Seen.Select(r => r.Row[0].AsInteger).Distinct().Count());
            Assert.Equal(30, fixture.Logs.Seen.Count);
        }

        Assert.Superset(new HashSet<HoldState> { HoldState.Open, HoldState.Releasing }, states);
    }

    [Fact]
    public async Task What_comes_for_a_batch_that_was_decided_about_is_held_under_a_new_name()
    {
        await using var fixture = new DeskFixture();
        await fixture.Logs.HoldAsync("transactions", [LogFixture.Transaction(1)], "file");
        await fixture.Holds.DiscardAsync("transactions", "file", LogFixture.Tester, "x", default);

        var later = (await fixture.Logs.HoldAsync("transactions", [LogFixture.Transaction(1)], "file")).Report!;

        Assert.Equal(1, later.Held);
        Assert.NotEqual("file", later.Batch);
    }

    [Fact]
    public async Task A_repeated_idempotency_key_gets_the_answer_of_the_held_batch()
    {
        await using var fixture = new DeskFixture();
        var first = (await fixture.Logs.HoldAsync("transactions", Rows, key: "k")).Report!;
        await fixture.Logs.ReopenAsync();

        var again = (await fixture.Logs.HoldAsync("transactions", Rows, key: "k")).Report!;

        Assert.True(again.Replayed);
        Assert.Equal(first.ToJson().ToJsonString(), again.ToJson().ToJsonString());
        Assert.Single(fixture.Log.StateOf("transactions")!.Holds.All());
    }

    [Fact]
    public async Task A_verdict_that_holds_nothing_lets_the_batch_in_and_tells_its_findings()
    {
        await using var fixture = new DeskFixture();
        using var batch = fixture.Log.NewBatch("transactions")!;
        batch.AddJson(System.Text.Encoding.UTF8.GetBytes(LogFixture.Transaction(1)));
        var alert = new Flyball.Contracts.Quality.BatchVerdict([new("nullValues", "amount", Flyball.Contracts.Quality.RuleOutcome.Alert, "warning", "x")]);

        var report = (await fixture.Log.IngestAsync(batch, new IngestTerms(LogFixture.Tester), alert, null, default)).Report!;

        Assert.Equal((1, 0), (report.Accepted, report.Held));
        Assert.Equal("""[{"rule":"nullValues","outcome":"alert","severity":"warning","message":"x","field":"amount"}]""", report.ToJson()["findings"]!.ToJsonString());
        Assert.Single(fixture.Logs.Seen);
    }
}
