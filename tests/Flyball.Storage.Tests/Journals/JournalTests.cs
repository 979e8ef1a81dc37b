using System.Text;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Storage.Journals;
using Flyball.Storage.TestKit;

namespace Flyball.Storage.Tests.Journals;

public sealed class JournalTests : IDisposable
{
    private readonly TemporaryDirectory home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task Sixty_four_concurrent_writers_get_gapless_unique_numbers()
    {
        const int writers = 64, each = 200;
        var receipts = new AppendReceipt[writers][];
        await using (var journal = JournalKit.Open(home["j"], new() { SegmentBytes = 100_000 }))
        {
            await Task.WhenAll(Enumerable.Range(0, writers).Select(async w =>
            {
                await Task.Yield();
                receipts[w] = new AppendReceipt[each];
                for (var i = 0; i < each; i++)
                {
                    receipts[w][i] = await journal.Append($"{w}/{i}/a", $"{w}/{i}/b");
                }
            }));
        }

        await using var again = JournalKit.Open(home["j"]);
        var records = again.Read(new(0), Horizon.Unbounded).ToArray();
        Assert.Equal(Enumerable.Range(1, writers * each * 2).Select(i => (long)i), records.Select(r => r.Seq));
        for (var w = 0; w < writers; w++)
        {
            for (var i = 0; i < each; i++)
            {
                var (first, last) = (receipts[w][i].First.Seq, receipts[w][i].Last.Seq);
                Assert.Equal(first + 1, last);
                Assert.Equal($"{w}/{i}/a", records[first - 1].Payload.Text());
                Assert.Equal($"{w}/{i}/b", records[last - 1].Payload.Text());
            }
        }

        Assert.True(again.Recovered.Segments > 5);
    }

    [Fact]
    public async Task Known_at_never_goes_back_when_the_clock_does_and_an_import_keeps_its_own()
    {
        var time = new SettableTime();
        var noon = KnownAt.From(time.Now);
        var import = new KnownAt(42);
        await using (var journal = JournalKit.Open(home["j"], time: time))
        {
            await journal.Append("a");
            time.Now -= TimeSpan.FromHours(1);
            await journal.Append("b");
            await journal.AppendAsync(new([new("s", default, import)]), CancellationToken.None);
        }

        await using var again = JournalKit.Open(home["j"], time: time);
        await again.Append("d");
        Assert.Equal([noon, noon, import, noon], again.Read(new(0), Horizon.Unbounded).Select(r => r.KnownAt));
    }

    [Fact]
    public async Task The_callers_buffers_may_change_as_soon_as_append_returns()
    {
        using var hold = new ManualResetEventSlim();
        var disk = new FaultyDisk { OnSync = _ => hold.Wait() };
        await using var journal = JournalKit.Open(home["j"], disk: disk);
        var blocking = journal.Append("first");
        var payload = Encoding.UTF8.GetBytes("before");
        var answer = Encoding.UTF8.GetBytes("answer");
        var entries = new List<JournalEntry> { new("s", payload) };
        var append = journal.AppendAsync(
            new(entries, new("k", Engine.Identity.Digest.Of("r"), answer)), CancellationToken.None);
        payload.AsSpan().Fill((byte)'x');
        answer.AsSpan().Fill((byte)'x');
        entries.Clear();
        hold.Set();
        await blocking;
        Assert.Equal("answer", (await append).Answer.Text());
        Assert.Equal(["first", "before"], journal.Payloads());
    }

    [Fact]
    public async Task A_subscriber_has_seen_a_record_before_its_receipt_and_in_order()
    {
        await using var journal = JournalKit.Open(home["j"]);
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<long, string>();
        long last = 0;
        var ordered = true;
        journal.Subscribe(records =>
        {
            foreach (var record in records)
            {
                ordered &= record.Seq == ++last;
                seen[record.Seq] = record.Stream + record.Payload.Text();
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async w =>
        {
            await Task.Yield();
            for (var i = 0; i < 50; i++)
            {
                var receipt = await journal.Append($"{w}-{i}");
                Assert.Equal($"s{w}-{i}", seen[receipt.First.Seq]);
            }
        }));
        Assert.True(ordered);
        Assert.Throws<InvalidOperationException>(() => journal.Subscribe(_ => { }));
    }

    [Fact]
    public async Task A_subscriber_that_throws_breaks_the_journal_and_its_append_is_not_acknowledged()
    {
        await using var journal = JournalKit.Open(home["j"]);
        journal.Subscribe(_ => throw new InvalidOperationException("no"));
        var refused = await Assert.ThrowsAsync<FlyballException>(async () => await journal.Append("a"));
        Assert.Equal("FLY2001", refused.Problem.Code);
        Assert.False(journal.Health.IsGood);
    }

    [Fact]
    public async Task Best_effort_posts_are_dropped_and_counted_when_the_queue_is_full_and_others_wait_for_room()
    {
        using var hold = new ManualResetEventSlim();
        using var syncing = new ManualResetEventSlim();
        var disk = new FaultyDisk
        {
            OnSync = _ =>
            {
                syncing.Set();
                hold.Wait();
            },
        };
        await using var journal = JournalKit.Open(home["j"], new() { QueueBytes = 400 }, disk);
        var first = journal.Append("first");
        syncing.Wait(TestContext.Current.CancellationToken);
        var posted = Enumerable.Range(0, 100).Count(i => journal.TryPost(JournalKit.Batch($"post {i}")));
        Assert.InRange(posted, 1, 20);
        Assert.Equal(100 - posted, journal.Counters.Dropped);
        var waiting = journal.Append("waits for room");
        using var withdrawn = new CancellationTokenSource();
        var cancelled = journal.AppendAsync(JournalKit.Batch("withdrawn"), withdrawn.Token);
        Assert.False(waiting.IsCompleted);
        await withdrawn.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cancelled);
        hold.Set();
        await first;
        await waiting;
        Assert.Equal(
            ["first", .. Enumerable.Range(0, posted).Select(i => $"post {i}"), "waits for room"],
            journal.Payloads());
    }

    [Fact]
    public async Task Flush_waits_for_what_was_posted_before_it()
    {
        await using var journal = JournalKit.Open(home["j"]);
        for (var i = 0; i < 100; i++)
        {
            Assert.True(journal.TryPost(JournalKit.Batch($"{i}")));
        }

        await journal.FlushAsync();
        Assert.Equal(100, journal.Durable.Seq);
        Assert.Equal(100, journal.Counters.Appends);
        Assert.Equal(100, journal.Counters.Records);
    }

    [Fact]
    public async Task Disposal_drains_the_queue_and_refuses_what_comes_after()
    {
        var journal = JournalKit.Open(home["j"]);
        var appends = Enumerable.Range(0, 50).Select(i => journal.Append($"{i}")).ToArray();
        await journal.DisposeAsync();
        await journal.DisposeAsync();
        Assert.All(appends, a => Assert.True(a.IsCompletedSuccessfully));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await journal.Append("late"));
        Assert.False(journal.TryPost(JournalKit.Batch("late")));
        await using var again = JournalKit.Open(home["j"]);
        Assert.Equal(50, again.Durable.Seq);
        Assert.True(again.Recovered.CleanShutdown);
    }

    [Fact]
    public async Task A_journal_that_is_open_is_refused_to_others()
    {
        await using var journal = JournalKit.Open(home["j"]);
        Assert.Equal("FLY2003", Assert.Throws<FlyballException>(() => JournalKit.Open(home["j"])).Problem.Code);
    }

    [Fact]
    public async Task Batches_that_are_empty_or_too_large_and_names_that_are_too_long_are_refused()
    {
        await using var journal = JournalKit.Open(home["j"], new() { BatchBytes = 1000 });
        await Assert.ThrowsAsync<ArgumentException>(async () => await journal.Append());
        foreach (var batch in new[]
        {
            JournalKit.Batch(new string('x', 1000)),
            new JournalBatch([new("", default)]),
            new JournalBatch([new(new string('n', 1025), default)]),
            JournalKit.Keyed("", "r", "a"),
        })
        {
            var refused = await Assert.ThrowsAsync<FlyballException>(async () => await journal.AppendAsync(batch, CancellationToken.None));
            Assert.Equal("FLY2004", refused.Problem.Code);
        }

        Assert.Equal(0, journal.Durable.Seq);
    }

    [Fact]
    public async Task Reading_while_others_write_sees_whole_batches_up_to_the_horizon_it_started_with()
    {
        await using var journal = JournalKit.Open(home["j"], new() { SegmentBytes = 4000 });
        var writing = Enumerable.Range(0, 4).Select(async w =>
        {
            await Task.Yield();
            for (var i = 0; i < 300; i++)
            {
                await journal.Append($"{w}.{i}", "pair");
            }
        }).ToArray();
        var all = Task.WhenAll(writing);
        while (!all.IsCompleted)
        {
            var durable = journal.Durable;
            var read = journal.Read(new(0), durable).Select(r => r.Seq).ToArray();
            Assert.Equal(durable.Seq, read.Length);
            Assert.True(durable.Seq % 2 == 0, "Half a batch was visible.");
        }

        await all;
        Assert.Equal(2400, journal.Read(new(0), Horizon.Unbounded).Count());
    }
}
