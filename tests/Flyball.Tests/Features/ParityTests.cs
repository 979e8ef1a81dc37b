using Flyball.Contracts;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Windows;
using Flyball.Features;
using Flyball.Storage.Journals;
using Flyball.Tests.Contracts;

namespace Flyball.Tests.Features;

/// <summary>A value read online while events came in is the value that the lake gives later: the same bits.</summary>
public sealed class ParityTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task What_was_read_online_is_read_again_from_the_lake(int seed)
    {
        await using var world = new ParityWorld(seed);
        await world.LiveAsync(150);

        var offline = world.Offline();

        Assert.Equal(300, world.Readings.Count);
        Assert.True(world.LateRows > 50, $"Only {world.LateRows} rows were late.");
        Assert.All(
            Enumerable.Range(0, world.Vector.Columns.Count),
            c => Assert.True(world.Readings.Select(r => r.Vector[c]).Distinct().Count() > (world.Vector.Columns[c].Type == ScalarType.Boolean ? 1 : 5), world.Vector.Columns[c].Name));
        foreach (var (request, instant, horizon, vector) in world.Readings)
        {
            Assert.Equal(vector, ParityWorld.Evaluate(world.Vector, offline, request, instant, horizon));
        }
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    [InlineData(23)]
    public async Task What_was_read_online_is_read_again_from_the_lake_when_rows_were_corrected_and_taken_back(int seed)
    {
        await using var world = new ParityWorld(seed, corrected: true);
        await world.LiveAsync(150);

        Assert.True(world.Corrections > 50, $"Only {world.Corrections} rows were corrections.");
        Assert.True(world.Retractions > 10, $"Only {world.Retractions} rows were taken back.");
        Assert.Equal(0, world.Differences(world.Offline()));

        // The control: the corrections are what some of the values are made of.
        var blind = new OfflineFeatures(world.Plans);
        EventLake.Read(world.LakeFolder, world.Extend(), world.Contract, (stamp, identity, row) =>
        {
            foreach (var view in world.Plans.EntityViews)
            {
                blind.Add(view, stamp, RowIdentity.None, row);
            }
        });
        Assert.NotEqual(0, world.Differences(blind));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_read_online_is_read_again_after_a_restart(bool corrected)
    {
        await using var world = new ParityWorld(7, corrected);
        await world.LiveAsync(100);
        await world.Journal.DisposeAsync();

        await using var journal = world.Open();
        var events = new EventLog(journal, new ContractSet([world.Contract]));
        var online = new OnlineFeatures(world.Plans);
        events.Subscribe(online.Apply);
        events.Replay();

        Assert.Equal(0, world.Differences(online));
    }

    /// <summary>The control: the comparison sees the last bit of one amount of one row.</summary>
    [Fact]
    public async Task One_changed_bit_of_one_event_is_noticed()
    {
        await using var world = new ParityWorld(8);
        await world.LiveAsync(100);
        var target = world.Events.Applied.Seq / 2;

        var offline = world.Offline((stamp, row) => stamp.Seq == target ? [.. row[..4], Value.FromNumber(double.BitIncrement(row[4].AsNumber))] : row);

        Assert.NotEqual(0, world.Differences(offline));
    }

    /// <summary>The control of visibility: rows that were not known at the instant would change what was read.</summary>
    [Fact]
    public async Task A_row_known_too_early_is_noticed()
    {
        await using var world = new ParityWorld(9);
        await world.LiveAsync(100);
        var offline = new OfflineFeatures(world.Plans);
        EventLake.Read(world.LakeFolder, world.Extend(), Sample.Transactions, (stamp, identity, row) =>
        {
            foreach (var view in world.Plans.EntityViews)
            {
                offline.Add(view, stamp with { KnownAt = new(stamp.EventTime.Micros) }, identity, row);
            }
        });

        Assert.NotEqual(0, world.Differences(offline));
    }

    [Fact]
    public async Task A_damaged_file_of_the_lake_is_refused()
    {
        await using var world = new ParityWorld(10);
        await world.LiveAsync(20);
        var manifest = world.Extend();
        var file = Path.Combine(world.LakeFolder, manifest.Table, manifest.Files[0].Name);
        await FlipAsync(file);

        Assert.Throws<FlyballException>(() => EventLake.Read(world.LakeFolder, manifest, Sample.Transactions, (_, _, _) => { }));
    }

    [Fact]
    public async Task A_damaged_event_in_the_journal_is_refused()
    {
        await using var world = new ParityWorld(11);
        await world.LiveAsync(20);
        await world.Journal.DisposeAsync();
        await FlipAsync(Directory.EnumerateFiles(world.JournalFolder).MaxBy(f => new FileInfo(f).Length)!);

        var refused = await Assert.ThrowsAsync<FlyballException>(async () =>
        {
            await using var journal = world.Open();
            new EventLog(journal, new ContractSet([Sample.Transactions])).Replay();
        });
        Assert.Equal("FLY2002", refused.Problem.Code);
    }

    private static async Task FlipAsync(string file)
    {
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 3] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
    }
}
