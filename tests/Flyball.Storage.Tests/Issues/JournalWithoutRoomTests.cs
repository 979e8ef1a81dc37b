using Flyball.Engine.Problems;
using Flyball.Native.Posix;
using Flyball.Storage.Journals;
using Flyball.Storage.TestKit;
using Flyball.Storage.Tests.Journals;

namespace Flyball.Storage.Tests.Issues;

/// <summary>A disk that was full for a moment ended the journal: every later append was refused until a restart, with room or without.</summary>
public sealed class JournalWithoutRoomTests : IDisposable
{
    private readonly TemporaryDirectory home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task An_append_without_room_is_refused_and_the_next_one_with_room_is_stored()
    {
        var disk = new FillingDisk();
        await using (var journal = JournalKit.Open(home["j"], disk: disk))
        {
            await journal.Append("before");
            disk.Room = 30;
            var refused = await Assert.ThrowsAsync<FlyballException>(async () => await journal.Append("no room"));
            Assert.Equal("FLY2046", refused.Problem.Code);
            Assert.DoesNotContain(home.Path, refused.Problem.Message, StringComparison.Ordinal);
            Assert.True(journal.Health.IsGood);
            Assert.Equal("FLY2046", journal.Health.Shortage?.Code);

            disk.Room = long.MaxValue;
            Assert.Equal(2, (await journal.Append("after")).First.Seq);
            Assert.Null(journal.Health.Shortage);
            Assert.Equal(["before", "after"], journal.Payloads());
        }

        await using var again = JournalKit.Open(home["j"]);
        Assert.Equal(["before", "after"], again.Payloads());
    }

    [Fact]
    public async Task Whenever_the_disk_fills_what_was_acknowledged_is_there_and_nothing_else()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var disk = new FillingDisk();
            var acknowledged = new List<string>();
            await using (var journal = JournalKit.Open(home[$"{seed}"], new() { SegmentBytes = 900 }, disk))
            {
                for (var i = 0; i < 60; i++)
                {
                    disk.Room = random.Next(3) == 0 ? random.Next(300) : long.MaxValue;
                    var text = $"{i}:" + new string('x', random.Next(200));
                    try
                    {
                        await journal.Append(text);
                        acknowledged.Add(text);
                    }
                    catch (FlyballException refused)
                    {
                        Assert.Equal("FLY2046", refused.Problem.Code);
                    }
                }

                Assert.True(disk.Refusals > 0);
                Assert.Equal(acknowledged, journal.Payloads());
                Assert.Equal(acknowledged.Count, journal.Durable.Seq);
                var from = acknowledged.Count / 2;
                Assert.Equal(acknowledged[from..], journal.Read(new(from), Flyball.Engine.Time.Horizon.Unbounded).Select(r => r.Payload.Text()));
                disk.Room = long.MaxValue;
            }

            await using var again = JournalKit.Open(home[$"{seed}"]);
            Assert.Equal(acknowledged, again.Payloads());
        }
    }

    [Fact]
    public async Task The_key_of_a_refused_request_is_free_for_its_repeat()
    {
        var disk = new FillingDisk();
        await using var journal = JournalKit.Open(home["j"], disk: disk);
        disk.Room = 0;
        await Assert.ThrowsAsync<FlyballException>(async () => await journal.AppendAsync(JournalKit.Keyed("k", "r", "one"), CancellationToken.None));
        disk.Room = long.MaxValue;

        var receipt = await journal.AppendAsync(JournalKit.Keyed("k", "r", "one"), CancellationToken.None);

        Assert.Equal(AppendOutcome.Appended, receipt.Outcome);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failed_sync_or_a_group_that_cannot_be_taken_back_stays_fatal(bool sync)
    {
        var disk = new FillingDisk();
        await using var journal = JournalKit.Open(home["j"], disk: disk);
        (disk.FailsSync, disk.FailsTruncate, disk.Room) = (sync, !sync, sync ? long.MaxValue : 0);
        await Assert.ThrowsAsync<FlyballException>(async () => await journal.Append("a"));
        (disk.FailsSync, disk.FailsTruncate, disk.Room) = (false, false, long.MaxValue);

        Assert.Equal("FLY2001", (await Assert.ThrowsAsync<FlyballException>(async () => await journal.Append("b"))).Problem.Code);
        Assert.False(journal.Health.IsGood);
    }

    [Fact]
    public async Task The_message_of_a_broken_journal_does_not_say_where_it_lies()
    {
        var path = Path.Combine(home["j"], "0001.journal");
        await using var journal = JournalKit.Open(home["j"], disk: new FaultyDisk { OnWrite = _ => throw new IOException($"Input/output error : '{path}'") });

        var refused = await Assert.ThrowsAsync<FlyballException>(async () => await journal.Append("a"));

        Assert.Equal("FLY2001", refused.Problem.Code);
        Assert.DoesNotContain(home.Path, refused.Problem.Message, StringComparison.Ordinal);
        Assert.Contains("0001.journal", refused.Problem.Message, StringComparison.Ordinal);
    }

    /// <summary>A repeat got its first answer while the rows were not applied yet: who got an answer did not read its own writes.</summary>
    [Fact]
    public async Task A_repeat_is_answered_when_the_subscribers_have_seen_the_first()
    {
        using var hold = new ManualResetEventSlim();
        using var inside = new ManualResetEventSlim();
        await using var journal = JournalKit.Open(home["j"]);
        journal.Subscribe(_ =>
        {
            inside.Set();
            hold.Wait();
        });
        var first = journal.AppendAsync(JournalKit.Keyed("k", "r", "one"), CancellationToken.None);
        inside.Wait(TestContext.Current.CancellationToken);

        var repeat = await journal.AppendAsync(JournalKit.Keyed("k", "r", "one"), CancellationToken.None);
        hold.Set();
        await first;

        Assert.Equal(AppendOutcome.InFlight, repeat.Outcome);
    }

    /// <summary>A million keys were kept whatever the size of their answers.</summary>
    [Fact]
    public async Task Keys_and_answers_take_a_bounded_number_of_bytes()
    {
        await using var journal = JournalKit.Open(home["j"], new() { IdempotencyBytes = 20_000 });
        for (var i = 0; i < 50; i++)
        {
            await journal.AppendAsync(JournalKit.Keyed($"k{i}", $"r{i}", new string('a', 1_000)), CancellationToken.None);
        }

        var newest = await journal.AppendAsync(JournalKit.Keyed("k49", "r49", ""), CancellationToken.None);
        var oldest = await journal.AppendAsync(JournalKit.Keyed("k0", "r0", ""), CancellationToken.None);

        Assert.Equal((AppendOutcome.Replayed, AppendOutcome.Appended), (newest.Outcome, oldest.Outcome));
    }

    /// <summary>A disk with so much room; what does not fit is written in part, as a kernel does.</summary>
    private sealed class FillingDisk : IJournalDisk
    {
        private readonly PosixDisk real = new();

        public long Room { get; set; } = long.MaxValue;

        public int Refusals { get; private set; }

        public bool FailsSync { get; set; }

        public bool FailsTruncate { get; set; }

        public void Create(string path, ReadOnlySpan<byte> content)
        {
            if (content.Length > Room)
            {
                throw Full();
            }

            real.Create(path, content);
        }

        public IJournalFile Open(string path) => new Filling(this, real.Open(path));

        private IOException Full()
        {
            Refusals++;
            return new IOException("No space left on device", 28);
        }

        private sealed class Filling(FillingDisk disk, IJournalFile file) : IJournalFile
        {
            public void Write(long offset, ReadOnlySpan<byte> bytes)
            {
                var fitting = (int)Math.Min(disk.Room, bytes.Length);
                file.Write(offset, bytes[..fitting]);
                if (fitting < bytes.Length)
                {
                    throw disk.Full();
                }
            }

            public void DataSync()
            {
                if (disk.FailsSync)
                {
                    throw new PosixException("fdatasync", "", 28);
                }

                file.DataSync();
            }

            public void Truncate(long length)
            {
                if (disk.FailsTruncate)
                {
                    throw new IOException("refused", 5);
                }

                file.Truncate(length);
            }

            public void Dispose() => file.Dispose();
        }
    }
}
