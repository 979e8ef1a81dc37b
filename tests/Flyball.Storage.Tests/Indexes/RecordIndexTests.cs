using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Flyball.Engine.Time;
using Flyball.Storage.Indexes;
using Flyball.Storage.Journals;
using Flyball.Storage.TestKit;
using Flyball.Storage.Tests.Journals;

namespace Flyball.Storage.Tests.Indexes;

/// <summary>Records of the tests: a group, a key and a time, sixteen bytes and a name.</summary>
public sealed class RecordIndexTests(ITestOutputHelper output) : IDisposable
{
    private const int Chunk = 1024;
    private const int Block = 64;

    private readonly TemporaryDirectory home = new();

    private string Log => home["log"];

    private string Files => home["index"];

    public void Dispose() => home.Dispose();

    /// <summary>Few different keys, so that equal ones stand in one page and across its edges.</summary>
    [Theory]
    [InlineData(5_000, 3)]
    [InlineData(5_000, 2_000)]
    [InlineData(1_024, 500)]
    [InlineData(1_023, 500)]
    [InlineData(1, 1)]
    public async Task Every_key_is_found_where_a_search_of_the_log_finds_it(int records, int keys)
    {
        await using var journal = JournalKit.Open(Log);
        var written = await WriteAsync(journal, records, keys);

        var byKey = written.ToLookup(w => w.Key, w => w.Seq);
        foreach (var index in new[] { Index(journal), Index(journal) })
        {
            foreach (var key in byKey.Select(k => k.Key).Append(17UL).Append(ulong.MaxValue).Append(0UL).Take(200))
            {
                Assert.Equal(byKey[key], index.Find(key, CancellationToken.None));
            }
        }
    }

    [Fact]
    public async Task The_spans_of_a_group_and_time_hold_all_of_its_records_and_leave_most_others_out()
    {
        await using var journal = JournalKit.Open(Log);
        var written = await WriteAsync(journal, 5_000, 100);
        var index = Index(journal);

        var spans = index.Spans("b", 1_000, 1_100, CancellationToken.None);
        var wanted = written.Where(w => w.Group == "b" && w.Micros is >= 1_000 and < 1_100).Select(w => w.Seq).ToList();

        Assert.NotEmpty(wanted);
        Assert.All(wanted, seq => Assert.Single(spans, s => s.First <= seq && seq <= s.Last));
        Assert.True(spans.Sum(s => s.Last - s.First + 1) < 500, $"{spans.Count} spans");
        Assert.Equal(spans.OrderBy(s => s.First), spans);
        Assert.Empty(index.Spans("nobody", long.MinValue, long.MaxValue, CancellationToken.None));
    }

    [Fact]
    public async Task What_is_appended_later_is_found_too()
    {
        await using var journal = JournalKit.Open(Log);
        var index = Index(journal);
        Assert.Empty(index.Find(Spread(1), CancellationToken.None));

        for (var round = 0; round < 5; round++)
        {
            await journal.AppendAsync(BatchOf([("a", Spread(1), round)]), CancellationToken.None);
            await WriteAsync(journal, 300, 50);
        }

        Assert.Equal(5 + Enumerable.Range(0, 5).Sum(_ => CountOf(1, 300, 50)), index.Find(Spread(1), CancellationToken.None).Count);
    }

    [Fact]
    public async Task A_start_reads_the_files_and_only_the_end_of_the_log()
    {
        await using var journal = JournalKit.Open(Log);
        var written = await WriteAsync(journal, 5_000, 100);
        Index(journal).CatchUp(CancellationToken.None);
        var read = 0;

        var found = new RecordIndex(Files, journal, record => Describe(record, ref read), (Chunk, Block)).Find(Spread(7), CancellationToken.None);

        Assert.Equal(written.Where(w => w.Key == Spread(7)).Select(w => w.Seq), found);
        Assert.Equal(5_000 % Chunk, read);
    }

    /// <summary>Every byte of a file matters or is checked: a lookup is right whatever happened to it.</summary>
    [Theory]
    [InlineData("head")]
    [InlineData("spans")]
    [InlineData("page")]
    [InlineData("cut")]
    [InlineData("gone")]
    public async Task A_damaged_file_is_made_again(string where)
    {
        await using var journal = JournalKit.Open(Log);
        var written = await WriteAsync(journal, 5_000, 100);
        var before = Index(journal);
        before.CatchUp(CancellationToken.None);
        var path = ChunkFile.PathOf(Files, 1 + Chunk);
        var good = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        Damage(path, good, where);

        // One that has it open, and one that opens it.
        foreach (var index in new[] { before, Index(journal) })
        {
            foreach (var key in written.Select(w => w.Key).Distinct())
            {
                Assert.Equal(written.Where(w => w.Key == key).Select(w => w.Seq), index.Find(key, CancellationToken.None));
            }

            Assert.Equal(written.Count(w => w.Group == "b"), index.Spans("b", long.MinValue, long.MaxValue, CancellationToken.None)
                .Sum(s => written.Count(w => w.Group == "b" && w.Seq >= s.First && w.Seq <= s.Last)));
        }

        Assert.Equal(good, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Files_of_another_log_are_not_believed()
    {
        await using (var journal = JournalKit.Open(home["other"]))
        {
            await WriteAsync(journal, 3_000, 100, seed: 9);
            Index(journal).CatchUp(CancellationToken.None);
        }

        await using var own = JournalKit.Open(Log);
        var written = await WriteAsync(own, 3_000, 100);

        Assert.Equal(written.Where(w => w.Key == Spread(7)).Select(w => w.Seq), Index(own).Find(Spread(7), CancellationToken.None));
    }

    [Fact]
    public async Task Where_no_file_can_be_written_it_works_from_memory()
    {
        await using var journal = JournalKit.Open(Log);
        var written = await WriteAsync(journal, 3_000, 100);
        await File.WriteAllTextAsync(Files, "a file stands where the directory should be", TestContext.Current.CancellationToken);

        Assert.Equal(written.Where(w => w.Key == Spread(7)).Select(w => w.Seq), Index(journal).Find(Spread(7), CancellationToken.None));
    }

    /// <summary>FLYBALL_LONG=1: ten million records, of which a lookup reads a page or two a chunk.</summary>
    [Fact]
    public async Task A_lookup_in_ten_million_records_takes_milliseconds()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("FLYBALL_LONG") == "1", "FLYBALL_LONG=1 runs it: it writes a log of ten million records.");
        await using var journal = JournalKit.Open(Log);
        for (var i = 0; i < 10_000_000; i += 10_000)
        {
            await journal.AppendAsync(BatchOf(Enumerable.Range(i, 10_000).Select(n => ("a", Spread(n), (long)n))), CancellationToken.None);
        }

        var index = new RecordIndex(Files, journal, Describe);
        var from = Stopwatch.GetTimestamp();
        index.CatchUp(CancellationToken.None);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"indexed in {Stopwatch.GetElapsedTime(from).TotalSeconds:F1} s, {Directory.GetFiles(Files).Sum(f => new FileInfo(f).Length) >> 20} MiB"));
        from = Stopwatch.GetTimestamp();
        index = new RecordIndex(Files, journal, Describe);
        index.CatchUp(CancellationToken.None);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"opened in {Stopwatch.GetElapsedTime(from).TotalMilliseconds:F0} ms"));
        var times = new List<double>();
        for (var i = 0; i < 200; i++)
        {
            from = Stopwatch.GetTimestamp();
            var position = Assert.Single(index.Find(Spread((i * 49_999) + 1), CancellationToken.None));
            Assert.Equal((i * 49_999) + 1, journal.Read(new Horizon(position - 1), new Horizon(position)).Select(r => BinaryPrimitives.ReadInt64LittleEndian(r.Payload.Span[8..])).Single());
            times.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
        }

        times.Sort();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a lookup with its record: median {times[100]:F2} ms, the slowest of 200 {times[^1]:F2} ms"));
        Assert.True(times[100] < 20, $"{times[100]} ms");
    }

    private static void Damage(string path, byte[] good, string where)
    {
        var bytes = good.ToArray();
        switch (where)
        {
            case "gone":
                File.Delete(path);
                return;
            case "cut":
                bytes = bytes[..^1];
                break;
            default:
                bytes[where switch { "head" => 20, "spans" => ChunkFile.HeadBytes + 5, _ => bytes.Length - ChunkFile.PageBytes + 3 }] ^= 4;
                break;
        }

        File.WriteAllBytes(path, bytes);
    }

    private static IndexedRecord? Describe(JournalRecord record, ref int read)
    {
        read++;
        return Describe(record);
    }

    private static IndexedRecord? Describe(JournalRecord record) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(record.Payload.Span), record.Stream, BinaryPrimitives.ReadInt64LittleEndian(record.Payload.Span[8..]));

    private static JournalBatch BatchOf(IEnumerable<(string Group, ulong Key, long Micros)> records) => new([.. records.Select(r =>
    {
        var payload = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(payload, r.Key);
        BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(8), r.Micros);
        return new JournalEntry(r.Group, payload);
    })]);

    /// <summary>A multiplication spreads small numbers over all bits.</summary>
    private static ulong Spread(long number) => unchecked((ulong)number * 0x9E3779B97F4A7C15);

    private static int CountOf(long key, int records, int keys) => Enumerable.Range(0, records).Count(i => KeyOf(i, keys, 1) == key);

    private static long KeyOf(int record, int keys, int seed) => ((record * 7L) + seed) % keys;

    private static async Task<List<(long Seq, string Group, ulong Key, long Micros)>> WriteAsync(Journal journal, int records, int keys, int seed = 1)
    {
        var from = journal.Durable.Seq;
        var made = Enumerable.Range(0, records).Select(i => (Group: i % 3 == 0 ? "b" : "a", Key: Spread(KeyOf(i, keys, seed)), Micros: (long)i)).ToList();
        foreach (var part in made.Chunk(700))
        {
            await journal.AppendAsync(BatchOf(part), CancellationToken.None);
        }

        return [.. made.Select((m, i) => (from + i + 1, m.Group, m.Key, m.Micros))];
    }

    private RecordIndex Index(Journal journal) => new(Files, journal, Describe, (Chunk, Block));
}
