using System.Text;
using Flyball.Contracts;
using Flyball.Contracts.Ingestion;
using Flyball.Contracts.Quarantine;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;

namespace Flyball.Tests.Contracts.Quarantine;

public sealed class QuarantineDeskTests
{
    private static readonly string Mended = Sample.TransactionsYaml.Replace("minimum: 0,", "minimum: -10,", StringComparison.Ordinal).Replace("version: 1.0.0", "version: 1.1.0", StringComparison.Ordinal);

    [Fact]
    public async Task A_row_that_passes_the_contract_as_it_is_now_goes_in_with_a_known_at_of_now_and_keeps_its_arrival()
    {
        await using var fixture = new DeskFixture();
        await fixture.Logs.IngestAsync("transactions", LogFixture.Transaction(1, -5), LogFixture.Transaction(2));
        await fixture.Logs.ReopenAsync(Sample.Compile(Mended));
        var seq = Assert.Single(fixture.Open());
        var arrival = fixture.Log.ReadQuarantine("transactions", default, 1)[0].At;

        var decided = await fixture.ReleaseAsync(seq);

        var row = Assert.Single(decided.Rows);
        Assert.Equal((seq, RowOutcome.Released), (row.Seq, row.Outcome));
        var seen = fixture.Logs.Seen[^1];
        Assert.Equal((1L, -5.0, row.ReleasedAs), (seen.Row[0].AsInteger, seen.Row[4].AsNumber, seen.Stamp.Seq));
        Assert.True(seen.Stamp.KnownAt > arrival);
        var found = QuarantineListing.Find(fixture.Log, fixture.Log.StateOf("transactions")!, seq)!.Value;
        Assert.Equal((arrival, "tester", "it is good", "1.1.0"), (found.Row.At, found.Record!.Caller, found.Record.Reason, found.Record.Version));
        Assert.Equal(row.ReleasedAs, found.Released!.Value.Seq);
        Assert.Empty(fixture.Open());
    }

    [Fact]
    public async Task A_row_that_still_fails_stays_and_the_others_go_in()
    {
        await using var fixture = new DeskFixture();
        await fixture.Logs.IngestAsync("transactions", LogFixture.Transaction(1, -5), LogFixture.Transaction(2, -50));
        await fixture.Logs.ReopenAsync(Sample.Compile(Mended));

        var decided = await fixture.ReleaseAsync([.. fixture.Open()]);

        Assert.Single(decided.Rows);
        var (seq, problems) = Assert.Single(decided.Failed);
        Assert.Equal("'amount' should be at least -10 and at most 10000.", Assert.Single(problems).Message);
        Assert.Equal([seq], fixture.Open());
        var refusal = await Assert.ThrowsAsync<FlyballException>(() => fixture.ReleaseAsync(seq));
        Assert.Equal("FLY4094", refusal.Problem.Code);
        Assert.Single(fixture.Audited);
    }

    [Fact]
    public async Task The_same_decision_twice_gives_the_first_answer_and_another_is_refused_also_after_a_restart()
    {
        await using var fixture = new DeskFixture();
        await fixture.Logs.IngestAsync("transactions", LogFixture.Transaction(1, -5), LogFixture.Transaction(2, -6), LogFixture.Transaction(3, -7));
        await fixture.Logs.ReopenAsync(Sample.Compile(Mended));
        var open = fixture.Open();
        var first = await fixture.ReleaseAsync(open[0]);
        await fixture.DiscardAsync(open[1]);
        var durable = fixture.Logs.Journal.Durable;

        for (var i = 0; i < 2; i++)
        {
            var again = await fixture.ReleaseAsync(open[0]);
            Assert.True(again.Replayed);
            Assert.Equal(first.Rows, again.Rows);
            Assert.True((await fixture.DiscardAsync(open[1])).Replayed);
            Assert.Equal("FLY4093", (await Assert.ThrowsAsync<FlyballException>(() => fixture.DiscardAsync(open[0]))).Problem.Code);
            Assert.Equal("FLY4093", (await Assert.ThrowsAsync<FlyballException>(() => fixture.ReleaseAsync(open[1], open[2]))).Problem.Code);
            Assert.Equal([open[2]], fixture.Open());
            await fixture.Logs.ReopenAsync();
        }

        Assert.Equal(durable, fixture.Logs.Journal.Durable);
        Assert.Equal(["quarantine.release", "quarantine.discard"], fixture.Audited.Select(a => (string)a["action"]!));
        Assert.Equal(("tester", "it is good", 1), ((string)fixture.Audited[0]["actor"]!, (string)fixture.Audited[0]["reason"]!, (int)fixture.Audited[0]["details"]!["released"]!));
        var ledger = fixture.Log.StateOf("transactions")!.Quarantine;
        Assert.Equal((1L, 1L, 1L, 3L), (ledger.Count(QuarantineState.Open), ledger.Count(QuarantineState.Released), ledger.Count(QuarantineState.Discarded), ledger.Count(null)));
    }

    [Fact]
    public async Task A_decision_about_nothing_is_refused()
    {
        await using var fixture = new DeskFixture();
        await fixture.Logs.IngestAsync("transactions", LogFixture.Transaction(1), LogFixture.Transaction(2, -5));
        var (stored, quarantined) = (1L, Assert.Single(fixture.Open()));

        foreach (var selection in (RowSelection[])[new([stored]), new([99]), new([quarantined, 99]), new([], "FLY3107"), new([], "terminal_id")])
        {
            Assert.Equal("FLY4004", (await Assert.ThrowsAsync<FlyballException>(() => fixture.Desk.DiscardAsync("transactions", selection, LogFixture.Tester, "x", default))).Problem.Code);
        }

        Assert.Equal("FLY4004", (await Assert.ThrowsAsync<FlyballException>(() => fixture.Desk.DiscardAsync("clicks", new([]), LogFixture.Tester, "x", default))).Problem.Code);
        Assert.Equal("FLY4004", (await Assert.ThrowsAsync<FlyballException>(() => fixture.Desk.DiscardAsync("nothing", new([]), LogFixture.Tester, "x", default))).Problem.Code);
        Assert.Equal([quarantined], fixture.Open());
        Assert.Empty(fixture.Audited);
    }

    [Theory]
    [InlineData("FLY3103")]
    [InlineData("amount")]
    public async Task Rows_are_selected_by_code_or_column(string rule)
    {
        await using var fixture = new DeskFixture();
        await fixture.Logs.IngestAsync("transactions", LogFixture.Transaction(1, -5), "{}", LogFixture.Transaction(2, -6), "7");

        var decided = await fixture.Desk.DiscardAsync("transactions", new RowSelection([], rule), LogFixture.Tester, "x", default);

        Assert.Equal(rule == "amount" ? [1L, 2L, 3L] : [1L, 3L], decided.Rows.Select(r => r.Seq));
        Assert.Null(decided.Next);
    }

    [Fact]
    public async Task A_row_that_was_sent_again_meanwhile_is_a_duplicate_and_one_whose_key_is_taken_stays()
    {
        await using var fixture = new DeskFixture();
        await fixture.Logs.IngestAsync("transactions", LogFixture.Transaction(1, -5), LogFixture.Transaction(2, -6));
        await fixture.Logs.ReopenAsync(Sample.Compile(Mended));
        await fixture.Logs.IngestAsync("transactions", LogFixture.Transaction(1, -5), LogFixture.Transaction(2, 6));

        var decided = await fixture.ReleaseAsync([.. fixture.Open()]);

        Assert.Equal(RowOutcome.Duplicate, Assert.Single(decided.Rows).Outcome);
        Assert.Equal("FLY3111", Assert.Single(Assert.Single(decided.Failed).Problems).Code);
        Assert.Equal(2, fixture.Logs.Seen.Count);
    }

    [Fact]
    public async Task Two_rows_with_one_key_released_together_do_not_both_go_in()
    {
        await using var fixture = new DeskFixture();
        await fixture.Logs.IngestAsync("transactions", LogFixture.Transaction(1, -5), LogFixture.Transaction(1, -6), LogFixture.Transaction(1, -5));
        await fixture.Logs.ReopenAsync(Sample.Compile(Mended));

        var decided = await fixture.ReleaseAsync([.. fixture.Open()]);

        Assert.Equal([RowOutcome.Released, RowOutcome.Duplicate], decided.Rows.Select(r => r.Outcome));
        Assert.Single(decided.Failed);
        Assert.Single(fixture.Logs.Seen);
    }

    [Fact]
    public async Task An_edited_row_goes_in_and_the_original_is_kept()
    {
        await using var fixture = new DeskFixture();
        await fixture.Logs.IngestAsync("transactions", LogFixture.Transaction(1, -5));
        var seq = Assert.Single(fixture.Open());
        Task<DecidedRows> EditAsync(double amount) => fixture.Desk.ReleaseAsync(
            "transactions", new RowSelection([]) { Edits = new Dictionary<long, string> { [seq] = LogFixture.Transaction(1, amount) } }, LogFixture.Tester, "sign", default);

        Assert.Equal("FLY4094", (await Assert.ThrowsAsync<FlyballException>(() => EditAsync(-1))).Problem.Code);
        await EditAsync(5);

        Assert.Equal(5, Assert.Single(fixture.Logs.Seen).Row[4].AsNumber);
        var found = QuarantineListing.Find(fixture.Log, fixture.Log.StateOf("transactions")!, seq)!.Value;
        Assert.Equal(LogFixture.Transaction(1, -5), found.Row.Original);
        Assert.Equal([seq], found.Record!.Edited);
        Assert.Equal(1, (int)fixture.Audited[0]["details"]!["edited"]!);
    }

    [Fact]
    public async Task History_whose_import_stated_its_known_at_keeps_that_statement()
    {
        await using var fixture = new DeskFixture();
        await fixture.Logs.IngestAsync("transactions", null, [LogFixture.Transaction(1, -5)], KnownAtPolicy.EventTime);
        await fixture.Logs.ReopenAsync(Sample.Compile(Mended));

        await fixture.ReleaseAsync([.. fixture.Open()]);

        var seen = Assert.Single(fixture.Logs.Seen);
        Assert.Equal(seen.Stamp.EventTime.Micros, seen.Stamp.KnownAt.Micros);
    }

    [Fact]
    public async Task A_row_of_a_delimited_file_is_released_as_its_columns_say()
    {
        await using var fixture = new DeskFixture();
        var file = Path.Combine(fixture.Logs.Folder, "t.tsv");
        File.WriteAllText(file, "amount\ttransaction_id\tevent_time\tcustomer_id\tterminal_id\n-5\t1\t2018-04-01T00:07:56Z\t2\t3\n-6\t\t2018-04-01T00:07:56Z\t2\t3\n");
        await EventImport.RunAsync(fixture.Log, "transactions", file, KnownAtPolicy.Assigned, LogFixture.Tester, null, default);
        await fixture.Logs.ReopenAsync(Sample.Compile(Mended));

        var decided = await fixture.ReleaseAsync([.. fixture.Open()]);

        Assert.Single(decided.Rows);
        Assert.Equal("1|2018-04-01T00:07:56Z|2|3|-5", string.Join('|', Assert.Single(fixture.Logs.Seen).Row));
        Assert.Equal("FLY3101", Assert.Single(Assert.Single(decided.Failed).Problems).Code);
    }

    [Theory]
    [InlineData("long")]
    [InlineData("not UTF-8")]
    [InlineData("no row")]
    public async Task What_was_not_kept_whole_is_not_released_as_it_is(string why)
    {
        await using var fixture = new DeskFixture();
        using (var batch = fixture.Log.NewBatch("transactions")!)
        {
            byte[] bad = [.. Encoding.UTF8.GetBytes("""{"x":""" + "\""), 0xff, .. "\"}"u8];
            batch.AddJson(why == "long" ? Encoding.UTF8.GetBytes("{\"x\":\"" + new string('é', QuarantinedRow.LongestOriginal) + "\"}") : why == "no row" ? "[1]"u8 : bad);
            await fixture.Log.IngestAsync(batch, new IngestTerms(LogFixture.Tester), default);
        }

        var row = fixture.Log.ReadQuarantine("transactions", default, 1)[0];
        var refusal = await Assert.ThrowsAsync<FlyballException>(() => fixture.ReleaseAsync(row.Seq));

        Assert.Contains(why == "no row" ? "FLY3100" : "FLY3142", refusal.Problem.Message, StringComparison.Ordinal);
        Assert.Equal(why == "no row", row.IsExact);
        Assert.InRange(row.Original.Length, 1, QuarantinedRow.LongestOriginal);
    }

    [Fact]
    public async Task Many_long_rows_fit_into_one_batch()
    {
        await using var fixture = new DeskFixture();
        using var batch = fixture.Log.NewBatch("transactions")!;
        var control = Encoding.UTF8.GetBytes("{\"x\":" + new string('\u0001', QuarantinedRow.LongestOriginal - 10));
        for (var i = 0; i < 200; i++)
        {
            batch.AddJson(control);
        }

        await fixture.Log.IngestAsync(batch, new IngestTerms(LogFixture.Tester), default);

        var rows = fixture.Log.ReadQuarantine("transactions", default, 200);
        Assert.Equal(200, rows.Count);
        Assert.True(rows[0].IsExact);
        Assert.False(rows[^1].IsExact);
    }

    /// <summary>Whatever the machine lost, a decision and its rows are there together or not at all.</summary>
    [Fact]
    public async Task A_kill_at_any_byte_leaves_the_row_in_quarantine_or_the_decision_whole()
    {
        await using var fixture = new DeskFixture(Sample.Compile(Mended));
        await fixture.Logs.IngestAsync("transactions", LogFixture.Transaction(1, -50), LogFixture.Transaction(2, -60));
        await fixture.Logs.ReopenAsync(Sample.Compile(Mended.Replace("-10,", "-100,", StringComparison.Ordinal)));
        var events = Path.Combine(fixture.Logs.Folder, "events");
        var segment = Directory.GetFiles(events).OrderBy(f => new FileInfo(f).Length).Last();
        Dictionary<string, byte[]> before = [];
        await fixture.Logs.ReopenAsync(() => before = Directory.GetFiles(events).ToDictionary(f => f, File.ReadAllBytes));
        await fixture.ReleaseAsync([.. fixture.Open()]);
        byte[] after = [];
        await fixture.Logs.ReopenAsync(() => after = File.ReadAllBytes(segment));
        var outcomes = new HashSet<(int, int)>();

        for (var length = before[segment].Length; length <= after.Length; length += Math.Max(1, (after.Length - before[segment].Length) / 40))
        {
            await fixture.Logs.ReopenAsync(() =>
            {
                foreach (var file in Directory.GetFiles(events))
                {
                    File.Delete(file);
                }

                foreach (var (file, bytes) in before)
                {
                    File.WriteAllBytes(file, file == segment ? after[..length] : bytes);
                }
            });
            outcomes.Add((fixture.Open().Count, fixture.Logs.Seen.Count));
        }

        Assert.Contains((2, 0), outcomes);
        Assert.Subset(new HashSet<(int, int)> { (2, 0), (0, 2) }, outcomes);
    }
}
