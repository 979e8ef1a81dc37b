using System.Globalization;
using System.Text;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Storage.Journals;
using Xunit;

namespace Flyball.Storage.TestKit.Journals;

/// <summary>A journal and the list in memory that it must equal after each step.</summary>
internal sealed class JournalLife(JournalOptions options) : IAsyncDisposable
{
    private static readonly string[] Streams = ["transactions", "zahlungen-ü", "t"];

    private readonly TemporaryDirectory home = new();
    private readonly SettableTime time = new();
    private readonly List<JournalRecord> model = [];
    private readonly Dictionary<int, (bool OtherRequest, AppendReceipt Receipt)> keys = [];
    private Journal? journal;
    private string directory = "";
    private int step;

    internal async Task Run(IEnumerable<JournalStep> steps)
    {
        directory = home["0"];
        journal = Journal.Open(directory, options, time);
        foreach (var next in steps)
        {
            step++;
            time.Now += TimeSpan.FromSeconds(step % 3 == 0 ? -1 : 2);
            await Take(next, journal);
            Check(journal);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (journal is not null)
        {
            await journal.DisposeAsync();
        }

        home.Dispose();
    }

    private static byte[] Payload(int seed, int size)
    {
        var bytes = new byte[size];
        for (var i = 0; i < size; i++)
        {
            // Mostly zeros, like much of what is stored, so that a hole is never told by zeros alone.
            bytes[i] = i % 97 == 0 ? (byte)(seed + i) : (byte)0;
        }

        return bytes;
    }

    private async Task Take(JournalStep next, Journal open)
    {
        switch (next)
        {
            case JournalStep.Append append:
                await Append(open, append.Sizes);
                break;
            case JournalStep.Keyed keyed:
                await AppendKeyed(open, keyed);
                break;
            case JournalStep.Reopen:
                await open.DisposeAsync();
                journal = Journal.Open(directory, options, time);
                Assert.True(journal.Recovered.CleanShutdown);
                Assert.Equal(0, journal.Recovered.TornBytes);
                break;
            case JournalStep.Kill kill:
                var left = home[step.ToString(CultureInfo.InvariantCulture)];
                TemporaryDirectory.Copy(directory, left);
                await open.DisposeAsync();
                directory = left;
                var torn = Tear(kill.TornPercent);
                journal = Journal.Open(directory, options, time);
                Assert.Equal(torn, journal.Recovered.TornBytes);
                break;
            default:
                throw new InvalidOperationException("An unknown step.");
        }
    }

    private async Task Append(Journal open, int[] sizes)
    {
        var imported = new KnownAt(step * 1000L);
        var entries = sizes
            .Select((size, i) => new JournalEntry(Streams[i % 3], Payload(step + i, size), i % 4 == 3 ? imported : null))
            .ToArray();
        var receipt = await open.AppendAsync(new(entries), CancellationToken.None);
        Assert.Equal(AppendOutcome.Appended, receipt.Outcome);
        Assert.Equal(model.Count + 1, receipt.First.Seq);
        foreach (var entry in entries)
        {
            model.Add(new(model.Count + 1, entry.KnownAt ?? Assigned(), entry.Stream, entry.Payload));
        }

        Assert.Equal(model.Count, receipt.Last.Seq);
    }

    private async Task AppendKeyed(Journal open, JournalStep.Keyed keyed)
    {
        var request = Digest.Of(keyed.OtherRequest ? "another" : "one");
        var answer = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"step {step}"));
        var name = string.Create(CultureInfo.InvariantCulture, $"key {keyed.Key}");
        var receipt = await open.AppendAsync(new([new("keyed", answer)], new(name, request, answer)), CancellationToken.None);
        if (!keys.TryGetValue(keyed.Key, out var first))
        {
            Assert.Equal(AppendOutcome.Appended, receipt.Outcome);
            Assert.True(answer.AsSpan().SequenceEqual(receipt.Answer.Span));
            keys[keyed.Key] = (keyed.OtherRequest, receipt);
            model.Add(new(model.Count + 1, Assigned(), "keyed", answer));
        }
        else if (first.OtherRequest != keyed.OtherRequest)
        {
            Assert.Equal(AppendOutcome.KeyReused, receipt.Outcome);
        }
        else
        {
            Assert.Equal(AppendOutcome.Replayed, receipt.Outcome);
            Assert.Equal(first.Receipt.First, receipt.First);
            Assert.Equal(first.Receipt.Last, receipt.Last);
            Assert.True(first.Receipt.Answer.Span.SequenceEqual(receipt.Answer.Span));
        }
    }

    /// <summary>The known-at that the model expects of an append now: the clock's, or the last one assigned when the clock went back.</summary>
    private KnownAt Assigned()
    {
        assigned = KnownAt.From(time.Now) is var now && now > assigned ? now : assigned;
        return assigned;
    }

    private KnownAt assigned = new(long.MinValue);

    /// <summary>Leaves the beginning of a frame behind the last one.</summary>
    private long Tear(int percent)
    {
        var last = Directory.GetFiles(directory, "*.journal").Order(StringComparer.Ordinal).Last();
        var bytes = File.ReadAllBytes(last);
        const int segmentHeader = 64;
        var torn = bytes.AsSpan(segmentHeader, Math.Min(39, bytes.Length - segmentHeader) * percent / 100);
        using var file = new FileStream(last, FileMode.Append);
        file.Write(torn);
        return torn.Length;
    }

    private void Check(Journal open)
    {
        Assert.Equal(model.Count, open.Durable.Seq);
        var middle = model.Count / 2;
        Same(model, open.Read(new(0), Horizon.Unbounded));
        Same(model.Skip(middle), open.Read(new(middle), Horizon.Unbounded));
        Same(model.Skip(1).Take(middle), open.Read(new(1), new(middle + 1)));
    }

    private static void Same(IEnumerable<JournalRecord> expected, IEnumerable<JournalRecord> read)
    {
        using var actual = read.GetEnumerator();
        foreach (var one in expected)
        {
            Assert.True(actual.MoveNext(), $"Record {one.Seq} is missing.");
            Assert.Equal((one.Seq, one.KnownAt, one.Stream), (actual.Current.Seq, actual.Current.KnownAt, actual.Current.Stream));
            Assert.True(one.Payload.Span.SequenceEqual(actual.Current.Payload.Span), $"Record {one.Seq} has another payload.");
        }

        Assert.False(actual.MoveNext(), "There is a record that was never appended.");
    }
}
