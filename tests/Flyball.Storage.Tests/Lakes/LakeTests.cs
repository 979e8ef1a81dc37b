using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Native.DuckDb;
using Flyball.Storage.Lakes;

namespace Flyball.Storage.Tests.Lakes;

public sealed class LakeTests : IDisposable
{
    private readonly LakeFixture fixture = new();

    private Lake Lake => fixture.Lake;

    public void Dispose() => fixture.Dispose();

    [Fact]
    public void Rows_come_back_in_order_from_several_files()
    {
        var manifest = fixture.Extend("events", 1, 3500);
        Assert.Equal([1000L, 1000, 1000, 500], manifest.Files.Select(f => f.Rows));
        Assert.Equal((1L, 3500L), (manifest.Files[0].FirstSeq, manifest.Files[^1].LastSeq));
        Assert.Equal(Range(1, 3500), fixture.ReadAll(manifest));
        Assert.Equal(new Horizon(3500), Lake.HorizonOf("events"));
        Assert.Equal(["events"], Lake.Tables);
    }

    [Fact]
    public void An_extension_adds_files_and_leaves_the_others()
    {
        var first = fixture.Extend("events", 1, 1500);
        var second = fixture.Extend("events", 1501, 2600);
        Assert.Equal(first.Files, second.Files.Take(2));
        Assert.Equal(Range(1, 2600), fixture.ReadAll(second));
        Assert.Equal(Range(1, 1500), fixture.ReadAll(first));
    }

    [Fact]
    public void A_snapshot_inside_a_file_has_only_the_rows_up_to_it()
    {
        fixture.Extend("events", 1, 3500);
        var manifest = Lake.Manifest("events", new Horizon(1234));
        Assert.Equal(2, manifest.Files.Count);
        Assert.Equal(Range(1, 1234), fixture.ReadAll(manifest));
        Assert.Empty(fixture.ReadAll(Lake.Manifest("events", new Horizon(0))));
        Assert.Equal(Lake.Manifest("events", new Horizon(3500)), Lake.Manifest("events", Horizon.Unbounded));
    }

    [Fact]
    public void A_snapshot_stays_the_same_when_the_table_grows_and_after_a_restart()
    {
        var manifest = fixture.Extend("events", 1, 1500);
        var digest = manifest.Digest;
        fixture.Extend("events", 1501, 9000);
        Lake.Extend("events", [.. LakeFixture.Columns, new("later", LakeType.Text)], new Horizon(9500), _ => { });
        Assert.Equal(digest, Lake.Manifest("events", new Horizon(1500)).Digest);
        fixture.Reopen();
        Assert.Equal(digest, Lake.Manifest("events", new Horizon(1500)).Digest);
        Assert.Equal(manifest, Lake.Manifest("events", new Horizon(1500)));
        Assert.NotEqual(digest, Lake.Manifest("events", new Horizon(1499)).Digest);
        Assert.Equal(new Horizon(9500), Lake.HorizonOf("events"));
    }

    [Fact]
    public void The_same_rows_written_twice_give_the_same_bytes()
    {
        var one = fixture.Extend("events", 1, 2500);
        using var other = new LakeFixture();
        var two = other.Extend("events", 1, 2500);
        Assert.Equal(one.Digest, two.Digest);
        Assert.Equal(one.ToJson(), two.ToJson());
        Assert.All(one.Files, f => Assert.Equal(
            File.ReadAllBytes(Path.Combine(fixture.Root, "events", f.Name)),
            File.ReadAllBytes(Path.Combine(other.Root, "events", f.Name))));
    }

    [Fact]
    public void An_extension_without_rows_moves_the_horizon_only()
    {
        fixture.Extend("events", 1, 10);
        var manifest = Lake.Extend("events", LakeFixture.Columns, new Horizon(50), _ => { });
        Assert.Equal((new Horizon(50), 1), (manifest.Horizon, manifest.Files.Count));
        fixture.Extend("events", 60, 70);
        Assert.Equal([.. Range(1, 10), .. Range(60, 70)], fixture.ReadAll(Lake.Manifest("events", Horizon.Unbounded)));
        Assert.Equal(manifest, Lake.Manifest("events", new Horizon(50)));
    }

    [Fact]
    public void Extending_to_the_same_horizon_again_writes_nothing()
    {
        var manifest = fixture.Extend("events", 1, 10);
        Assert.Equal(manifest, Lake.Extend("events", LakeFixture.Columns, new Horizon(10), _ => Assert.Fail("Nothing is to be written.")));
    }

    [Fact]
    public void A_failed_extension_leaves_the_table_as_it_was()
    {
        var manifest = fixture.Extend("events", 1, 1500);
        var files = fixture.FilesOf("events");
        Assert.Throws<TimeoutException>(() => Lake.Extend("events", LakeFixture.Columns, new Horizon(9000), w =>
        {
            LakeFixture.Write(w, 1501, 4000);
            throw new TimeoutException("the journal went away");
        }));
        Assert.Equal(files, fixture.FilesOf("events"));
        Assert.Equal(manifest, Lake.Manifest("events", Horizon.Unbounded));
        fixture.Extend("events", 1501, 4000);
        Assert.Equal(Range(1, 4000), fixture.ReadAll(Lake.Manifest("events", Horizon.Unbounded)));
    }

    [Fact]
    public void A_crash_before_the_manifest_leaves_the_snapshot_before_and_no_leftovers()
    {
        var before = fixture.Extend("events", 1, 1500);
        var path = Path.Combine(fixture.Root, "events", "manifest.json");
        var old = File.ReadAllBytes(path);
        var files = fixture.FilesOf("events");
        var after = fixture.Extend("events", 1501, 2500);

        // As after a crash between the rename of the files and that of the manifest, with a file half written.
        File.WriteAllBytes(path, old);
        File.WriteAllText(Path.Combine(fixture.Root, "events", "2501.parquet.tmp"), "half");
        File.WriteAllText(Path.Combine(fixture.Root, "events", "notes.txt"), "of the user");
        fixture.Reopen();
        Assert.Equal(new Horizon(1500), Lake.HorizonOf("events"));
        Assert.Equal([.. files, "notes.txt"], fixture.FilesOf("events"));
        Assert.Equal(before, Lake.Manifest("events", Horizon.Unbounded));
        Assert.Equal(after.Digest, fixture.Extend("events", 1501, 2500).Digest);
    }

    [Fact]
    public void Columns_come_and_go_and_are_null_where_a_file_has_none()
    {
        LakeColumn[] old = [new("a", LakeType.Integer), new("gone", LakeType.Text)];
        LakeColumn[] now = [new("new", LakeType.Number), new("a", LakeType.Integer)];
        var first = Lake.Extend("events", old, new Horizon(1), w =>
        {
            w.Begin(1, 1, 1);
            w.Append(10L);
            w.Append("x");
            w.End();
        });
        var second = Lake.Extend("events", now, new Horizon(2), w =>
        {
            w.Begin(2, 2, 2);
            w.Append(2.5);
            w.Append(20L);
            w.End();
        });
        Assert.Equal(old, first.Columns);
        Assert.Equal(now, second.Columns);
        using (var reader = Lake.Read(second, ["new", "a"]))
        {
            var one = reader.NextChunk()!;
            Assert.True(one.IsNull(3, 0));
            Assert.Equal(10, one.Column<long>(4)[0]);
            var two = reader.NextChunk()!;
            Assert.Equal((2.5, 20L), (two.Column<double>(3)[0], two.Column<long>(4)[0]));
            Assert.Null(reader.NextChunk());
        }

        Assert.Equal("FLY3256", Refused(() => Lake.Read(second, ["gone"])));
        Assert.Equal("FLY3251", Refused(() => Lake.Extend("events", [new("A", LakeType.Text)], new Horizon(3), _ => { })));
        Assert.Equal("FLY3251", Refused(() => Lake.Extend("events", [new("gone", LakeType.Number)], new Horizon(3), _ => { })));
    }

    [Fact]
    public void A_source_may_have_columns_named_like_ours()
    {
        var manifest = Lake.Extend("events", [new("event_time", LakeType.Timestamp), new("seq", LakeType.Text)], new Horizon(1), w =>
        {
            w.Begin(1, 100, 200);
            w.AppendTimestampMicros(300);
            w.Append("theirs");
            w.End();
        });
        using var reader = Lake.Read(manifest, ["seq", "event_time"]);
        var chunk = reader.NextChunk()!;
        Assert.Equal((1L, 100L, 200L), (chunk.Column<long>(0)[0], chunk.Column<long>(1)[0], chunk.Column<long>(2)[0]));
        Assert.Equal(("theirs", 300L), (chunk.Text(3, 0), chunk.Column<long>(4)[0]));
    }

    [Fact]
    public void Any_reader_of_Parquet_opens_the_folder()
    {
        fixture.Extend("events", 1, 2500);
        using var database = DuckDbDatabase.OpenInMemory();
        using var connection = database.Connect();
        using var result = connection.Query($"""SELECT count(*), sum("count"), min(event_time)::VARCHAR, count("customer id") FROM '{fixture.Root}/events/*.parquet'""");
        var row = result.NextChunk()!;
        Assert.Equal(2500, row.Column<long>(0)[0]);
        Assert.Equal((Int128)3 * 2500 * 2501 / 2, row.Column<Int128>(1)[0]);
        Assert.Equal("2023-11-14 22:13:20.001", row.Text(2, 0));
        Assert.Equal(2000, row.Column<long>(3)[0]);
    }

    [Fact]
    public void Long_texts_make_more_files_so_that_writing_stays_inside_the_memory_limit()
    {
        using var small = new LakeFixture(new LakeOptions { MemoryLimitBytes = 48L << 20, TextBytesPerFile = 4 << 20 });
        var random = new Random(7);
        var noise = new byte[75_000];
        var manifest = small.Lake.Extend("wide", [new("text", LakeType.Text)], new Horizon(900), w =>
        {
            for (var seq = 1L; seq <= 900; seq++)
            {
                random.NextBytes(noise);
                w.Begin(seq, 0, 0);
                w.Append(Convert.ToBase64String(noise));
                w.End();
            }
        });
        Assert.Equal(Enumerable.Repeat(42L, 21).Append(18L), manifest.Files.Select(f => f.Rows));
        Assert.Equal([.. manifest.Files.Select(f => f.Name), "manifest.json"], small.FilesOf("wide"));
        Assert.Empty(Directory.GetDirectories(Path.Combine(small.Root, "wide")));
        using var reader = small.Lake.Read(manifest, ["text"]);
        Assert.Equal(100_000, reader.NextChunk()!.Utf8(3, 0).Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("../events")]
    [InlineData("a/b")]
    [InlineData("Events")]
    [InlineData(".events")]
    [InlineData("events\n")]
    public void A_table_name_is_never_a_path(string name)
    {
        Assert.Equal("FLY3254", Refused(() => Lake.Extend(name, LakeFixture.Columns, new Horizon(1), _ => { })));
        Assert.Equal("FLY3254", Refused(() => Lake.Manifest(name, new Horizon(0))));
        Assert.Equal(new Horizon(0), Lake.HorizonOf(name));
        Assert.Empty(Directory.GetDirectories(fixture.Root));
    }

    [Theory]
    [InlineData("amount", "Amount")]
    [InlineData("", "a")]
    [InlineData("event_time", "Event_Time_Source")]
    [InlineData("a\0b", "c")]
    public void Column_names_that_a_reader_would_confuse_are_refused(string one, string other) =>
        Assert.Equal("FLY3255", Refused(() =>
            Lake.Extend("events", [new(one, LakeType.Number), new(other, LakeType.Number)], new Horizon(1), _ => { })));

    [Fact]
    public void Horizons_that_cannot_be_are_refused()
    {
        fixture.Extend("events", 1, 10);
        Assert.Equal("FLY3252", Refused(() => Lake.Manifest("events", new Horizon(11))));
        Assert.Equal("FLY3252", Refused(() => Lake.Manifest("absent", new Horizon(1))));
        Assert.Equal("FLY3253", Refused(() => fixture.Extend("events", 1, 9)));
        Assert.Equal("FLY3253", Refused(() => Lake.Extend("events", LakeFixture.Columns, Horizon.Unbounded, _ => { })));
    }

    [Fact]
    public void Rows_out_of_order_or_out_of_range_and_numbers_that_are_none_are_refused()
    {
        fixture.Extend("events", 1, 10);
        Bad(w => LakeFixture.Row(w, 10));
        Bad(w => LakeFixture.Row(w, 21));
        Bad(w => { LakeFixture.Row(w, 12); LakeFixture.Row(w, 12); });
        Assert.Throws<InvalidOperationException>(() => Add(w => w.Append(true)));
        Assert.Throws<InvalidOperationException>(() => Add(w => w.Begin(11, 0, 0)));
        Bad(w => { w.Begin(11, 0, 0); w.Append(true); w.Append(1L); w.Append(double.NaN); });
        Bad(w => { w.Begin(11, 0, 0); w.Append(true); w.Append(1L); w.Append(double.PositiveInfinity); });
        Assert.Throws<DuckDbException>(() => Add(w => { w.Begin(11, 0, 0); w.End(); }));
        Assert.Equal(new Horizon(10), Lake.HorizonOf("events"));

        void Add(Action<LakeRowWriter> write) => Lake.Extend("events", LakeFixture.Columns, new Horizon(20), write);
        void Bad(Action<LakeRowWriter> write) => Assert.Throws<ArgumentOutOfRangeException>(() => Add(write));
    }

    [Fact]
    public void One_process_owns_a_lake()
    {
        Assert.Equal("FLY2053", Refused(() => Lake.Open(fixture.Root)));
        fixture.Reopen();
    }

    [Fact]
    public void A_broken_manifest_is_refused_by_name()
    {
        fixture.Extend("events", 1, 10);
        var path = Path.Combine(fixture.Root, "events", "manifest.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"bytes\"", "\"bites\"", StringComparison.Ordinal));
        Lake.Dispose();
        var error = Assert.Throws<FlyballException>(() => Lake.Open(fixture.Root));
        Assert.Equal(("FLY2052", path), (error.Problem.Code, error.Problem.Where?.File));
    }

    internal static IEnumerable<long> Range(long from, long upTo) => Enumerable.Range((int)from, (int)(upTo - from + 1)).Select(i => (long)i);

    internal static string Refused(Func<object> act) => Assert.Throws<FlyballException>(() => (act() as IDisposable)?.Dispose()).Problem.Code;
}
