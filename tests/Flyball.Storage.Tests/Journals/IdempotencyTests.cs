using Flyball.Storage.Journals;
using Flyball.Storage.TestKit;

namespace Flyball.Storage.Tests.Journals;

public sealed class IdempotencyTests : IDisposable
{
    private readonly TemporaryDirectory home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task A_repeat_is_answered_with_the_first_answer_also_after_a_restart_and_after_a_kill()
    {
        AppendReceipt first;
        await using (var journal = JournalKit.Open(home["j"]))
        {
            first = await journal.AppendAsync(JournalKit.Keyed("k", "r", "one"), CancellationToken.None);
            Assert.Equal(AppendOutcome.Appended, first.Outcome);
            await Repeat(journal);
            TemporaryDirectory.Copy(home["j"], home["killed"]);
        }

        foreach (var left in new[] { "j", "killed" })
        {
            await using var again = JournalKit.Open(home[left]);
            await Repeat(again);
        }

        async Task Repeat(Journal journal)
        {
            var receipt = await journal.AppendAsync(JournalKit.Keyed("k", "r", "two"), CancellationToken.None);
            Assert.Equal((AppendOutcome.Replayed, first.First, first.Last, "one"), (receipt.Outcome, receipt.First, receipt.Last, receipt.Answer.Text()));
            receipt = await journal.AppendAsync(JournalKit.Keyed("k", "another", "two"), CancellationToken.None);
            Assert.Equal(AppendOutcome.KeyReused, receipt.Outcome);
            Assert.Equal(1, journal.Durable.Seq);
        }
    }

    [Fact]
    public async Task A_repeat_before_the_first_is_durable_is_told_so_and_another_request_is_refused_at_once()
    {
        using var hold = new ManualResetEventSlim();
        await using var journal = JournalKit.Open(home["j"], disk: new FaultyDisk { OnSync = _ => hold.Wait() });
        var first = journal.AppendAsync(JournalKit.Keyed("k", "r", "one"), CancellationToken.None);
        var repeat = await journal.AppendAsync(JournalKit.Keyed("k", "r", "one"), CancellationToken.None);
        var other = await journal.AppendAsync(JournalKit.Keyed("k", "another", "one"), CancellationToken.None);
        Assert.Equal((AppendOutcome.InFlight, AppendOutcome.KeyReused), (repeat.Outcome, other.Outcome));
        Assert.False(first.IsCompleted);
        hold.Set();
        await first;
        repeat = await journal.AppendAsync(JournalKit.Keyed("k", "r", "one"), CancellationToken.None);
        Assert.Equal(AppendOutcome.Replayed, repeat.Outcome);
        Assert.Single(journal.Payloads());
    }

    [Fact]
    public async Task One_of_many_concurrent_repeats_is_written()
    {
        await using var journal = JournalKit.Open(home["j"]);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 32).Select(async _ =>
        {
            await Task.Yield();
            while (true)
            {
                var receipt = await journal.AppendAsync(JournalKit.Keyed("k", "r", "a"), CancellationToken.None);
                if (receipt.Outcome != AppendOutcome.InFlight)
                {
                    return receipt.Outcome;
                }

                await Task.Yield();
            }
        }));
        Assert.Single(outcomes, AppendOutcome.Appended);
        Assert.Equal(31, outcomes.Count(o => o == AppendOutcome.Replayed));
        Assert.Equal(1, journal.Durable.Seq);
    }

    [Fact]
    public async Task Beyond_the_capacity_the_oldest_key_is_forgotten_and_no_newer_one()
    {
        await using var journal = JournalKit.Open(home["j"], new() { IdempotencyKeys = 2 });
        foreach (var key in new[] { "a", "b", "c" })
        {
            await journal.AppendAsync(JournalKit.Keyed(key, "r", key), CancellationToken.None);
        }

        var b = await journal.AppendAsync(JournalKit.Keyed("b", "r", "new"), CancellationToken.None);
        var a = await journal.AppendAsync(JournalKit.Keyed("a", "r", "new"), CancellationToken.None);
        Assert.Equal((AppendOutcome.Replayed, AppendOutcome.Appended), (b.Outcome, a.Outcome));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_key_without_an_answer_is_never_forgotten(bool reopen)
    {
        var journal = JournalKit.Open(home["j"], new() { IdempotencyKeys = 2 });
        foreach (var key in new[] { "part 1", "part 2", "part 3" })
        {
            await journal.AppendAsync(JournalKit.Keyed(key, "r", ""), CancellationToken.None);
        }

        foreach (var key in new[] { "a", "b", "c", "d" })
        {
            await journal.AppendAsync(JournalKit.Keyed(key, "r", key), CancellationToken.None);
        }

        if (reopen)
        {
            await journal.DisposeAsync();
            journal = JournalKit.Open(home["j"], new() { IdempotencyKeys = 2 });
        }

        await using (journal)
        {
            foreach (var (key, expected) in new[] { ("part 1", AppendOutcome.Replayed), ("part 3", AppendOutcome.Replayed), ("d", AppendOutcome.Replayed), ("b", AppendOutcome.Appended) })
            {
                Assert.Equal(expected, (await journal.AppendAsync(JournalKit.Keyed(key, "r", key.StartsWith('p') ? "" : "new"), CancellationToken.None)).Outcome);
            }
        }
    }
}
