using Flyball.Contracts;
using Flyball.Contracts.Snapshots;
using Flyball.Features;
using Flyball.Storage.Journals;
using Flyball.Tests.Contracts;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flyball.Tests.Features.Online;

/// <summary>A start from a snapshot gives what a start from the log gives: the same bits, and the same judgement of keys.</summary>
public sealed class SnapshotTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public async Task What_was_read_before_is_read_again_from_snapshot_and_tail(int seed, bool corrected)
    {
        await using var world = new ParityWorld(seed, corrected);
        await world.LiveAsync(80);
        var all = world.Events.Applied.Seq;
        var snapshots = Snapshots(world, world.Events);
        snapshots.Save();
        await world.LiveAsync(40);
        await world.Journal.DisposeAsync();

        await using var next = Started.From(world);

        Assert.Equal(all, next.Report.Restored.Seq);
        Assert.Empty(next.Report.Rebuilt);
        Assert.Equal(world.Events.Applied.Seq - all, next.Report.Rows);
        Assert.Equal(world.Events.Applied, next.Report.Horizon);
        Assert.Equal(0, world.Differences(next.Online));
        Assert.Equal(world.Plans.EntityViews.Select(world.Online.UsageOf).Select(u => (u.Entities, u.Rows)), world.Plans.EntityViews.Select(next.Online.UsageOf).Select(u => (u.Entities, u.Rows)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Written_while_rows_come_it_is_exact(bool corrected)
    {
        await using var world = new ParityWorld(11, corrected);
        var snapshots = Snapshots(world, world.Events);
        await world.LiveAsync(20);
        var written = 0;
        using var done = new CancellationTokenSource();
        var writing = Task.Factory.StartNew(
            () =>
            {
                while (!done.IsCancellationRequested)
                {
                    var before = snapshots.Saved;
                    snapshots.Save();
                    written += snapshots.Saved > before ? 1 : 0;
                }
            },
            Stop,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        await world.LiveAsync(200);
        await done.CancelAsync();
        await writing;
        await world.LiveAsync(10);
        await world.Journal.DisposeAsync();

        await using var next = Started.From(world);

        Assert.True(written > 3, $"it was written {written} times");
        Assert.True(next.Report.Restored.Seq > 0);
        Assert.Equal(0, world.Differences(next.Online));
    }

    [Fact]
    public async Task A_row_of_the_snapshot_is_a_duplicate_when_it_is_sent_again_and_a_conflict_when_it_changed()
    {
        await using var world = new ParityWorld(12);
        await world.LiveAsync(30);
        var row = LogFixture.Transaction(1_000_001);
        await IngestAsync(world.Events, row);
        Snapshots(world, world.Events).Save();
        await world.Journal.DisposeAsync();

        await using var next = Started.From(world);

        Assert.Equal(0, next.Report.Rows);
        Assert.Equal(1, (await IngestAsync(next.Events, row)).Duplicates);
        Assert.Equal(1, (await IngestAsync(next.Events, LogFixture.Transaction(1_000_001, 11))).Quarantined);
        Assert.Equal(1, (await IngestAsync(next.Events, LogFixture.Transaction(1_000_002))).Accepted);
    }

    [Fact]
    public async Task What_keys_had_and_who_was_taken_back_is_known_behind_the_snapshot()
    {
        await using var world = new ParityWorld(20, corrected: true);
        await IngestAsync(world.Events, LogFixture.Transaction(1), LogFixture.Transaction(2));
        await IngestAsync(world.Events, LogFixture.Transaction(1, 11));
        Snapshots(world, world.Events).Save();
        await IngestAsync(world.Events, LogFixture.Transaction(2, 12));
        await world.Journal.DisposeAsync();

        await using var next = Started.From(world);

        // Every content that a key ever had is a duplicate; another one corrects it, and stays with its entity.
        var again = await IngestAsync(next.Events, LogFixture.Transaction(1), LogFixture.Transaction(1, 11), LogFixture.Transaction(2), LogFixture.Transaction(2, 12));
        Assert.Equal(4, again.Duplicates);
        Assert.Equal(1, (await IngestAsync(next.Events, LogFixture.Transaction(1, 13))).Corrections);
        Assert.Equal(1, (await IngestAsync(next.Events, LogFixture.Transaction(2).Replace("\"customer_id\":2", "\"customer_id\":3", StringComparison.Ordinal))).Quarantined);
    }

    [Fact]
    public async Task What_was_put_aside_and_decided_is_known_behind_the_snapshot()
    {
        await using var world = new ParityWorld(13);
        await IngestAsync(world.Events, LogFixture.Transaction(1), """{"transaction_id":2}""", LogFixture.Transaction(3, -5));
        Snapshots(world, world.Events).Save();
        await IngestAsync(world.Events, """{"transaction_id":4}""");
        await world.Journal.DisposeAsync();

        await using var next = Started.From(world);

        Assert.Equal(3, next.Events.QuarantineCount("transactions"));
        Assert.Equal(
            world.Events.ReadQuarantine("transactions", default, 10).Select(q => q.Seq), next.Events.ReadQuarantine("transactions", default, 10).Select(q => q.Seq));
        Assert.Equal(3, next.Report.Quarantined);
    }

    [Fact]
    public async Task A_snapshot_of_a_snapshot_is_as_good()
    {
        await using var world = new ParityWorld(14);
        await world.LiveAsync(60);
        Snapshots(world, world.Events).Save();
        await world.Journal.DisposeAsync();
        await using (var second = Started.From(world))
        {
            await IngestAsync(second.Events, LogFixture.Transaction(900_000));
            second.Snapshots.Save();
        }

        await using var third = Started.From(world);

        Assert.Equal(0, third.Report.Rows);
        Assert.Empty(third.Report.Rebuilt);
        Assert.Equal(0, world.Differences(third.Online));
    }

    [Fact]
    public async Task Cut_or_damaged_it_is_put_aside_or_its_parts_are_made_again_and_no_value_changes()
    {
        await using var world = new ParityWorld(15);
        await world.LiveAsync(60);
        Snapshots(world, world.Events).Save();
        await world.LiveAsync(10);
        await world.Journal.DisposeAsync();
        var path = Path.Combine(Folder(world), "events.snapshot");
        var whole = await File.ReadAllBytesAsync(path, Stop);
        var (aside, rebuilt) = (0, 0);
        for (var step = 0; step < 60; step++)
        {
            var place = (int)((long)whole.Length * step / 60);
            var damaged = step % 3 == 0 ? whole[..place] : (byte[])whole.Clone();
            if (step % 3 != 0)
            {
                damaged[place] ^= 0x10;
            }

            await File.WriteAllBytesAsync(path, damaged, Stop);
            await using var next = Started.From(world);

            Assert.Equal(0, world.Differences(next.Online));
            Assert.Equal(world.Events.Applied, next.Report.Horizon);
            aside += File.Exists(path) ? 0 : 1;
            rebuilt += next.Report.Rebuilt.Count > 0 ? 1 : 0;
        }

        Assert.True(aside >= 20 && rebuilt >= 5, $"{aside} were put aside, parts of {rebuilt} were made again");
    }

    [Fact]
    public async Task One_of_another_log_is_put_aside()
    {
        await using var other = new ParityWorld(16);
        await other.LiveAsync(60);
        Snapshots(other, other.Events).Save();
        await using var world = new ParityWorld(17);
        await world.LiveAsync(80);
        await world.Journal.DisposeAsync();
        Directory.CreateDirectory(Folder(world));
        File.Copy(Path.Combine(Folder(other), "events.snapshot"), Path.Combine(Folder(world), "events.snapshot"));

        await using var next = Started.From(world);

        Assert.Equal(0, next.Report.Restored.Seq);
        Assert.Equal(0, world.Differences(next.Online));
        Assert.False(File.Exists(Path.Combine(Folder(world), "events.snapshot")));
        Assert.True(File.Exists(Path.Combine(Folder(world), "events.snapshot.unusable")));
    }

    [Fact]
    public async Task A_view_that_changed_is_made_again_and_the_others_are_taken_over()
    {
        await using var world = new ParityWorld(18);
        await world.LiveAsync(60);
        Snapshots(world, world.Events).Save();
        await world.Journal.DisposeAsync();
        var plans = SampleViews.Compile(world.Contract, SampleViews.Customer.Replace("max(amount)", "max(amount * 2)", StringComparison.Ordinal), SampleViews.Terminal, SampleViews.Request);

        await using var next = Started.From(world, plans);
        var vector = SampleViews.Vector(plans, "request.*", "customer.*", "terminal.*");
        var read = world.Readings.Select(r => ParityWorld.Evaluate(vector, next.Online, r.Request, r.Instant, r.Horizon)).ToList();
        await next.DisposeAsync();
        await using var fresh = Started.From(world, plans, "nothing");

        Assert.Equal(["features/customer"], next.Report.Rebuilt);
        Assert.Equal(world.Events.Applied.Seq, next.Report.Rows);
        Assert.Equal(0, fresh.Report.Restored.Seq);
        Assert.Equal(world.Readings.Select(r => ParityWorld.Evaluate(vector, fresh.Online, r.Request, r.Instant, r.Horizon)), read);
        Assert.Equal(fresh.Plans.EntityViews.Select(fresh.Online.UsageOf).Select(u => u.Rows), next.Plans.EntityViews.Select(next.Online.UsageOf).Select(u => u.Rows));
    }

    [Fact]
    public async Task A_subscriber_that_keeps_nothing_still_sees_every_row()
    {
        await using var world = new ParityWorld(19);
        await world.LiveAsync(30);
        Snapshots(world, world.Events).Save();
        await world.Journal.DisposeAsync();
        await using var journal = world.Open();
        var events = new EventLog(journal, new ContractSet([world.Contract]));
        var online = new OnlineFeatures(world.Plans);
        online.SubscribeTo(events);
        long seen = 0;
        events.Subscribe(_ => seen++);

        Snapshots(world, events).Replay();

        Assert.Equal(events.Applied.Seq, seen);
        Assert.Equal(0, world.Differences(online));
        Assert.Equal(world.Plans.EntityViews.Select(world.Online.UsageOf).Select(u => u.Rows), world.Plans.EntityViews.Select(online.UsageOf).Select(u => u.Rows));
    }

    [Theory]
    [InlineData(999, 0, 0, false)]
    [InlineData(1_000, 0, 0, true)]
    [InlineData(5_999, 10_000, 4, false)]
    [InlineData(6_000, 10_000, 0, true)]
    [InlineData(157, 10_000, 6, true)]
    [InlineData(156, 10_000, 59, false)]
    [InlineData(1, 10_000, 60, true)]
    [InlineData(0, 10_000, 600, false)]
    public void It_is_written_in_proportion_to_what_came(long behind, long saved, int minutes, bool due) =>
        Assert.Equal(due, SnapshotSaving.IsDue(behind, saved, TimeSpan.FromMinutes(minutes)));

    private static string Folder(ParityWorld world, string name = "snapshots") => Path.Combine(world.Folder, name);

    private static EventSnapshots Snapshots(ParityWorld world, EventLog events, string name = "snapshots") =>
        new(Folder(world, name), events, NullLogger<EventSnapshots>.Instance);

    private static async Task<IngestReport> IngestAsync(EventLog events, params string[] rows)
    {
        using var batch = events.NewBatch("transactions")!;
        foreach (var row in rows)
        {
            batch.AddJson(System.Text.Encoding.UTF8.GetBytes(row));
        }

        return (await events.IngestAsync(batch, new IngestTerms(LogFixture.Tester), Stop)).Report!;
    }

    /// <summary>The log and its features after another start on the world's files.</summary>
    private sealed class Started(Journal journal, EventLog events, OnlineFeatures online, EventSnapshots snapshots, ReplayReport report) : IAsyncDisposable
    {
        public EventLog Events => events;

        public OnlineFeatures Online => online;

        public EventSnapshots Snapshots => snapshots;

        public ReplayReport Report => report;

        public FeaturePlans Plans => online.Plans;

        public static Started From(ParityWorld world, FeaturePlans? plans = null, string folder = "snapshots")
        {
            var journal = world.Open();
            var events = new EventLog(journal, new ContractSet([world.Contract]));
            var online = new OnlineFeatures(plans ?? world.Plans);
            online.SubscribeTo(events);
            var snapshots = SnapshotTests.Snapshots(world, events, folder);
            return new Started(journal, events, online, snapshots, snapshots.Replay());
        }

        public ValueTask DisposeAsync() => journal.DisposeAsync();
    }
}
