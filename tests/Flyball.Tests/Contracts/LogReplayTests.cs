using Flyball.Contracts;
using Flyball.Storage.Journals;

namespace Flyball.Tests.Contracts;

/// <summary>A log of several blocks is read by more than one thread; nobody may notice.</summary>
public sealed class LogReplayTests
{
    private const int Rows = 2_500;
    private const string Click = """{"event_time":"2018-04-01T00:00:00Z","page":"x"}""";

    [Fact]
    public async Task A_log_of_many_blocks_is_replayed_in_its_order_and_to_the_same_values()
    {
        await using var log = new LogFixture();
        await FillAsync(log);
        var live = log.Seen.ToList();

        await log.ReopenAsync();

        Assert.Equal(live.Select(r => (r.Plan.Source, r.Stamp)), log.Seen.Select(r => (r.Plan.Source, r.Stamp)));
        Assert.All(live.Zip(log.Seen), pair => Assert.Equal(pair.First.Row, pair.Second.Row));
        Assert.Equal(new ReplayReport((Rows * 4) + 4, 4, 0, log.Journal.Durable), log.Replayed);
        Assert.Equal(4, log.Log.QuarantineCount("transactions"));
        var again = await log.IngestAsync("transactions", LogFixture.Transaction(1, 1), LogFixture.Transaction((Rows * 4) - 1, 99), LogFixture.Transaction(2, 3));
        Assert.Equal((2, 1), (again.Report!.Duplicates, again.Report.Quarantined));
    }

    [Fact]
    public async Task What_a_subscriber_throws_in_the_middle_ends_the_replay()
    {
        await using var log = new LogFixture();
        await FillAsync(log);
        await log.ReopenAsync(() =>
        {
            using var journal = new Disposed(Journal.Open(Path.Combine(log.Folder, "events"), new JournalOptions(), TimeProvider.System));
            var broken = new EventLog(journal.Journal, new ContractSet([Sample.Transactions]));
            var seen = 0;
            broken.Subscribe(_ => seen = seen == Rows * 2 ? throw new InvalidOperationException("enough") : seen + 1);

            Assert.Equal("enough", Assert.Throws<InvalidOperationException>(() => broken.Replay()).Message);
            Assert.Equal(Rows * 2, seen);
        });
    }

    private static async Task FillAsync(LogFixture log)
    {
        for (var batch = 0; batch < 4; batch++)
        {
            var first = batch * Rows;
            await log.IngestAsync("transactions", [.. Enumerable.Range(first, Rows).Select(i => LogFixture.Transaction(i, i % 100)), """{"transaction_id":-1}"""]);
            await log.IngestAsync("clicks", Click);
        }
    }

    private sealed class Disposed(Journal journal) : IDisposable
    {
        public Journal Journal => journal;

        public void Dispose() => journal.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
