using Flyball.Engine.Problems;
using Flyball.Native.Posix;
using Flyball.Storage.Journals;
using Flyball.Storage.TestKit;

namespace Flyball.Storage.Tests.Journals;

public sealed class FailureTests : IDisposable
{
    private readonly TemporaryDirectory home = new();

    public void Dispose() => home.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whichever_write_or_sync_fails_nothing_later_is_acknowledged_and_everything_earlier_is_kept(bool sync)
    {
        for (var n = 1; n <= 12; n++)
        {
            var directory = home[$"{n}"];
            var disk = new FaultyDisk();
            Action<int> fail = i =>
            {
                if (i == n)
                {
                    throw new PosixException("fdatasync", "", 5);
                }
            };
            (disk.OnSync, disk.OnWrite) = sync ? (fail, disk.OnWrite) : (disk.OnSync, fail);
            var acknowledged = new List<string>();
            await using (var journal = JournalKit.Open(directory, new() { SegmentBytes = 400 }, disk))
            {
                for (var i = 0; i < 20; i++)
                {
                    try
                    {
                        await journal.Append($"payload {i}");
                        acknowledged.Add($"payload {i}");
                    }
                    catch (FlyballException refused)
                    {
                        Assert.Equal("FLY2001", refused.Problem.Code);
                    }
                }

                Assert.Equal("FLY2001", journal.Health.Problem?.Code);
                Assert.False(journal.TryPost(JournalKit.Batch("post")));
                await Assert.ThrowsAsync<FlyballException>(async () => await journal.FlushAsync());
                Assert.True(!sync || disk.Syncs == n, "A failed sync was tried again.");
                Assert.Equal(acknowledged, journal.Payloads());
            }

            await using var again = JournalKit.Open(directory);
            Assert.Equal(acknowledged, again.Payloads().Take(acknowledged.Count));
            Assert.InRange(again.Durable.Seq, acknowledged.Count, acknowledged.Count + 1);
            Assert.True(acknowledged.Count < 20);
        }
    }

    [Fact]
    public async Task A_full_disk_in_the_kernel_is_no_acknowledgement()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "This machine has no /dev/full.");
        await using var journal = JournalKit.Open(home["j"], disk: new RedirectedDisk("/dev/full"));
        Assert.Equal("FLY2001", (await Assert.ThrowsAsync<FlyballException>(async () => await journal.Append("a"))).Problem.Code);
        Assert.Equal(0, journal.Durable.Seq);
    }

    [Fact]
    public async Task A_sync_that_fails_in_the_kernel_is_no_acknowledgement()
    {
        Assert.SkipUnless(File.Exists("/dev/null"), "This machine has no /dev/null.");
        await using var journal = JournalKit.Open(home["j"], disk: new RedirectedDisk("/dev/null"));
        var refused = await Assert.ThrowsAsync<FlyballException>(async () => await journal.Append("a"));
        Assert.Equal("FLY2001", refused.Problem.Code);
        Assert.Contains("fdatasync", refused.Problem.Message, StringComparison.Ordinal);
        Assert.Equal(0, journal.Durable.Seq);
    }

    [Fact]
    public async Task All_that_wait_in_the_queue_are_refused_with_the_group_that_failed()
    {
        using var hold = new ManualResetEventSlim();
        var disk = new FaultyDisk
        {
            OnSync = _ =>
            {
                hold.Wait();
                throw new IOException("gone");
            },
        };
        await using var journal = JournalKit.Open(home["j"], new() { QueueBytes = 200 }, disk);
        var appends = Enumerable.Range(0, 20).Select(i => journal.Append($"{i}").AsTask()).ToArray();
        hold.Set();
        foreach (var append in appends)
        {
            Assert.Equal("FLY2001", (await Assert.ThrowsAsync<FlyballException>(() => append)).Problem.Code);
        }
    }

    [Fact]
    public async Task A_power_cut_with_any_sectors_missing_keeps_what_was_acknowledged_and_opens()
    {
        for (var seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            var directory = home[$"{seed}"];
            var disk = new PowerCutDisk(random.Next(1, 12), random);
            var sizes = Enumerable.Range(0, 400).Select(_ => random.Next(1, 1500)).ToArray();
            var acknowledged = new System.Collections.Concurrent.ConcurrentBag<long>();
            await using (var journal = JournalKit.Open(directory, new() { SegmentBytes = 20_000 }, disk))
            {
                await Task.WhenAll(Enumerable.Range(0, 8).Select(async w =>
                {
                    await Task.Yield();
                    for (var i = w; i < sizes.Length; i += 8)
                    {
                        try
                        {
                            var text = $"{i}:" + new string((char)('a' + (i % 26)), sizes[i]);
                            acknowledged.Add((await journal.Append(text)).Last.Seq);
                        }
                        catch (FlyballException)
                        {
                            return;
                        }
                    }
                }));
            }

            if (seed % 2 == 0)
            {
                // After a real power cut the unsynced watermark file lags, in the worst case by everything.
                File.Delete(Path.Combine(directory, Watermark.FileName));
            }

            await using var again = JournalKit.Open(directory);
            Assert.True(again.Durable.Seq >= (acknowledged.IsEmpty ? 0 : acknowledged.Max()), $"Seed {seed} lost an acknowledged record.");
            foreach (var text in again.Payloads())
            {
                var i = int.Parse(text.AsSpan(0, text.IndexOf(':', StringComparison.Ordinal)), System.Globalization.CultureInfo.InvariantCulture);
                Assert.Equal($"{i}:" + new string((char)('a' + (i % 26)), sizes[i]), text);
            }
        }
    }
}
