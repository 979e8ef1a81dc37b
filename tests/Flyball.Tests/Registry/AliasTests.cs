using Flyball.Engine.Time;
using Flyball.Registry;

namespace Flyball.Tests.Registry;

public class AliasTests
{
    private const string Churn = "churn";

    [Theory]
    [InlineData("latest")]
    [InlineData("LATEST")]
    [InlineData("v1")]
    [InlineData("V22")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("")]
    public async Task A_reserved_or_broken_alias_is_refused(string alias)
    {
        await using var fixture = new RegistryFixture();
        await fixture.OutsideAsync(Churn);
        Assert.Equal("FLY3331", Assert.Single((await fixture.Registry.Aliases.SetAsync(Churn, alias, 1, null, RegistryFixture.Author, null, default)).Problems).Code);
    }

    [Theory]
    [InlineData("champion")]
    [InlineData("previous")]
    public async Task The_aliases_of_promotions_are_neither_set_nor_deleted_by_hand(string alias)
    {
        await using var fixture = new RegistryFixture();
        var version = await fixture.ApprovedAsync(1);
        await fixture.Registry.PromoteAsync(RegistryFixture.Model, version.Version, RegistryFixture.Author, null, null, default);
        Assert.Equal("FLY3344", Assert.Single((await fixture.Registry.Aliases.SetAsync(RegistryFixture.Model, alias, 1, null, RegistryFixture.Author, null, default)).Problems).Code);
        Assert.Equal("FLY3344", Assert.Single((await fixture.Registry.Aliases.DeleteAsync(RegistryFixture.Model, alias, null, RegistryFixture.Author, null, default)).Problems).Code);
        Assert.Equal(1, fixture.Registry.Champion(RegistryFixture.Model)!.Version);
        Assert.Equal(["deny"], fixture.Decisions("alias.set"));
    }

    [Fact]
    public async Task An_alias_moves_only_from_where_the_caller_expects_it()
    {
        await using var fixture = new RegistryFixture();
        await fixture.OutsideAsync(Churn);
        await fixture.OutsideAsync(Churn);
        Assert.Equal("FLY3342", Assert.Single((await SetAsync(fixture, 1, new AliasExpectation(2))).Problems).Code);
        Assert.True((await SetAsync(fixture, 1, new AliasExpectation(null))).Ok);
        Assert.Equal("FLY3342", Assert.Single((await SetAsync(fixture, 2, new AliasExpectation(null))).Problems).Code);
        Assert.True((await SetAsync(fixture, 2, new AliasExpectation(1))).Ok);
        Assert.Equal("FLY3342", Assert.Single((await fixture.Registry.Aliases.DeleteAsync(Churn, "best", new AliasExpectation(1), RegistryFixture.Author, null, default)).Problems).Code);
        Assert.Equal(2, fixture.Registry.Aliases.Find(Churn, "best")!.Version.Version);
    }

    [Fact]
    public async Task Of_fifty_who_expect_the_same_one_moves_the_alias()
    {
        await using var fixture = new RegistryFixture();
        for (var i = 0; i < 5; i++)
        {
            await fixture.OutsideAsync(Churn);
        }

        await SetAsync(fixture, 1, null);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => SetAsync(fixture, 2 + (i % 4), new AliasExpectation(1))));
        var winner = Assert.Single(outcomes, o => o.Ok);
        Assert.Equal(winner.Value!.Version.Version, fixture.Registry.Aliases.Find(Churn, "best")!.Version.Version);
        Assert.Equal(2, fixture.Registry.Ledger.Moves(Churn, "best").Count);
    }

    /// <summary>Two registries on one catalog stand for two processes: their locks do not know of each other.</summary>
    [Fact]
    public async Task Of_fifty_promotions_at_once_one_wins_for_each_expected_champion_and_there_is_always_exactly_one()
    {
        await using var fixture = new RegistryFixture();
        using var other = new ModelRegistry(fixture.Catalog, fixture.Blobs, fixture.Trail, fixture.Time);
        for (var number = 1; number <= 6; number++)
        {
            await fixture.ApprovedAsync(number);
        }

        await fixture.Registry.PromoteAsync(RegistryFixture.Model, 1, RegistryFixture.Author, null, null, default);
        using var over = new CancellationTokenSource();
        var watching = Task.Factory.StartNew(() => Watch(fixture, over.Token), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(i =>
            (i % 2 == 0 ? fixture.Registry : other).PromoteAsync(RegistryFixture.Model, 2 + (i % 5), RegistryFixture.Author, 1, "race", default)));
        await over.CancelAsync();
        var (looks, wrong) = await watching;
        Assert.True(looks > 0);
        Assert.Equal(0, wrong);
        var moves = fixture.Registry.Ledger.Moves(RegistryFixture.Model, "champion");
        Assert.Single(moves, m => m.Old == "1");
        Assert.Equal(2, moves.Count);

        // Who asked for the version that won finds it champion already.
        var champion = fixture.Registry.Champion(RegistryFixture.Model)!.Version;
        Assert.All(outcomes, o => Assert.True(o.Ok ? o.Version!.Version == champion : o.Problems.Any(p => p.Code == "FLY3206")));
        Assert.Equal(40, outcomes.Count(o => !o.Ok));
        Assert.True(fixture.Registry.Ledger.Verify().Ok);
    }

    [Fact]
    public async Task An_earlier_champion_comes_back_in_one_call_and_one_that_never_was_does_not()
    {
        await using var fixture = new RegistryFixture();
        for (var number = 1; number <= 4; number++)
        {
            await fixture.ApprovedAsync(number);
        }

        for (var number = 1; number <= 3; number++)
        {
            await fixture.Registry.PromoteAsync(RegistryFixture.Model, number, RegistryFixture.Author, number == 1 ? null : number - 1, null, default);
        }

        Assert.Equal(["FLY3207"], (await fixture.Registry.SwapBackAsync(RegistryFixture.Model, RegistryFixture.Author, "worse", default, 4)).Problems.Select(p => p.Code));
        Assert.Equal(1, (await fixture.Registry.SwapBackAsync(RegistryFixture.Model, RegistryFixture.Author, "worse", default, 1)).Version!.Version);
        Assert.Equal((1, 3), (fixture.Registry.Champion(RegistryFixture.Model)!.Version, fixture.Registry.Previous(RegistryFixture.Model)!.Version));
    }

    [Fact]
    public async Task The_ledger_says_which_version_an_alias_stood_for_at_any_instant()
    {
        await using var fixture = new RegistryFixture();
        await fixture.OutsideAsync(Churn);
        await fixture.OutsideAsync(Churn);
        var before = fixture.Time.Now;
        fixture.Time.Advance(TimeSpan.FromDays(1));
        await SetAsync(fixture, 1, null);
        var first = fixture.Time.Now;
        fixture.Time.Advance(TimeSpan.FromDays(1));
        await SetAsync(fixture, 2, null);
        fixture.Time.Advance(TimeSpan.FromDays(1));
        await fixture.Registry.Life.DeleteAsync(Churn, 2, RegistryFixture.Author, null, default);
        Assert.Null(AsOf(before));
        Assert.Equal(1, AsOf(first));
        Assert.Equal(1, AsOf(new EventTime(first.Micros + Clock.MicrosPerDay - 1)));
        Assert.Equal(2, AsOf(new EventTime(first.Micros + Clock.MicrosPerDay)));
        Assert.Null(AsOf(fixture.Time.Now));

        int? AsOf(EventTime at) => fixture.Registry.Ledger.AsOf(Churn, "best", at).Version;
    }

    [Theory]
    [InlineData("2026-02-28", "2026-02-28T23:59:59.999999Z")]
    [InlineData("2026-03-01", "2026-03-01T12:00:00Z")]
    [InlineData("2026-02-28T10:00:00+02:00", "2026-02-28T08:00:00Z")]
    [InlineData("2026-02-28T10:00:00.5Z", "2026-02-28T10:00:00.5Z")]
    public void A_date_is_the_end_of_its_day_and_today_is_now(string text, string instant) =>
        Assert.Equal(instant, InstantText.Parse(text, new Time.ManualTimeProvider().Now).ToString());

    [Theory]
    [InlineData("2026-03-02")]
    [InlineData("2026-03-01T12:00:01Z")]
    [InlineData("2026-02-28T10:00:00")]
    [InlineData("last tuesday")]
    [InlineData("")]
    public void What_is_to_come_or_has_no_zone_is_no_instant(string text) =>
        Assert.Equal("FLY3335", Assert.Throws<Engine.Problems.FlyballException>(() => InstantText.Parse(text, new Time.ManualTimeProvider().Now)).Problem.Code);

    private static Task<RegistryOutcome<VersionRecord>> SetAsync(RegistryFixture fixture, int version, AliasExpectation? expected) =>
        fixture.Registry.Aliases.SetAsync(Churn, "best", version, expected, RegistryFixture.Author, null, default);

    private static (int Looks, int Wrong) Watch(RegistryFixture fixture, CancellationToken over)
    {
        var (looks, wrong) = (0, 0);
        do
        {
            var (champions, production) = fixture.Catalog.Read(c => (
                Dapper.SqlMapper.ExecuteScalar<int>(c, "SELECT COUNT(*) FROM aliases WHERE model = 'fraud' AND alias = 'champion'"),
                Dapper.SqlMapper.ExecuteScalar<int>(c, "SELECT COUNT(*) FROM versions WHERE model = 'fraud' AND stage = 'Production'")));
            wrong += champions == 1 && production == 1 ? 0 : 1;
            looks++;
        }
        while (!over.IsCancellationRequested);
        return (looks, wrong);
    }
}
