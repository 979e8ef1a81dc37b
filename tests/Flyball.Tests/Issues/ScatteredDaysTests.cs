using Flyball.Contracts;
using Flyball.Contracts.Profiles;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;
using Flyball.Tests.Contracts;

namespace Flyball.Tests.Issues;

/// <summary>One request with a row a day over centuries made a file a row, on the thread that acknowledges everybody's events.</summary>
public sealed class ScatteredDaysTests : IDisposable
{
    private const int Days = 20;
    private static readonly DayLimits Limits = new(4) { Days = Days, Waiting = 60, WaitingDays = 10 };

    private readonly string folder = Directory.CreateTempSubdirectory("flyball-days-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Rows_all_over_the_calendar_leave_a_bounded_number_of_files_and_all_are_counted()
    {
        var profiles = Open(0);
        Apply(profiles, 1, 500, day: i => i * 50, arrival: _ => 1_000_000);
        profiles.Save();

        var span = profiles.Read("transactions")!;

        Assert.Equal((500, 500 - Days, Days), (span.Profile.Rows, span.OtherRows, span.Days.Count));
        Assert.Equal(Days + 1, Files().Length);
        Assert.InRange(profiles.OpenDays, 1, 4);
        Assert.Equal(500, span.Profile.Find("transaction_id")!.Max.AsInteger);
    }

    [Fact]
    public void A_live_log_takes_rows_all_over_the_calendar_without_touching_a_file()
    {
        var profiles = Open(0);
        Apply(profiles, 1, 4, day: i => i, arrival: _ => 0);
        profiles.GoLive();

        Apply(profiles, 5, 400, day: i => i % Days, arrival: _ => 0);

        Assert.Empty(Files());
    }

    [Fact]
    public void A_profile_that_stayed_behind_says_so_and_is_whole_after_the_next_start()
    {
        var profiles = Open(0);
        profiles.GoLive();
        Apply(profiles, 1, 400, day: i => i % Days, arrival: _ => 0);
        var behind = profiles.Read("transactions")!;
        Assert.NotNull(behind.UpTo);
        Assert.Equal(behind.UpTo, behind.Profile.Rows);
        profiles.Save();

        profiles = Open(400);
        Apply(profiles, 1, 400, day: i => i % Days, arrival: _ => 0);

        Assert.Equal((400, (long?)null), (profiles.Read("transactions")!.Profile.Rows, profiles.Read("transactions")!.UpTo));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_replay_from_any_crash_gives_the_same_rows(bool saves, bool damages)
    {
        for (var cut = 10; cut < 300; cut += 37)
        {
            var source = Path.Combine(folder, "transactions");
            if (Directory.Exists(source))
            {
                Directory.Delete(source, recursive: true);
            }

            var profiles = Open(0);
            Apply(profiles, 1, cut, Scattered, arrival: _ => 1_000_000);
            if (saves)
            {
                profiles.Save();
            }

            Apply(profiles, cut + 1, 300 - cut, Scattered, arrival: _ => 1_000_000);
            var before = profiles.Read("transactions")!;
            if (damages)
            {
                File.WriteAllText(Files()[^1], "{}");
            }

            var again = Open(300);
            Apply(again, 1, 300, Scattered, arrival: _ => 1_000_000);

            var after = again.Read("transactions")!;
            Assert.Equal((300, before.OtherRows), (after.Profile.Rows, after.OtherRows));
            Assert.Equal(before.Days, after.Days);
        }
    }

    [Fact]
    public void A_day_near_its_arrival_has_room_when_far_ones_took_all()
    {
        var profiles = Open(0);
        Apply(profiles, 1, 200, day: i => i * 50, arrival: _ => 1_000_000);

        Apply(profiles, 201, 10, day: _ => 1_000_000 - 5, arrival: _ => 1_000_000);

        Assert.Equal(Days + 1, profiles.Read("transactions")!.Days.Count);
    }

    private static long Scattered(int i) => i * 7919L % 97 * 30;

    private SourceProfiles Open(long durable) => SourceProfiles.Open(folder, new ContractSet([Sample.Transactions]), new Horizon(durable), null, Limits);

    private string[] Files() => Directory.Exists(Path.Combine(folder, "transactions")) ? [.. Directory.GetFiles(Path.Combine(folder, "transactions")).Order(StringComparer.Ordinal)] : [];

    private static void Apply(SourceProfiles profiles, int first, int count, Func<int, long> day, Func<int, long> arrival)
    {
        for (var i = first; i < first + count; i++)
        {
            var at = day(i) * Clock.MicrosPerDay;
            profiles.Apply(new EventRow(
                Sample.Transactions,
                new RowStamp(new EventTime(at), new KnownAt(arrival(i) * Clock.MicrosPerDay), i),
                [Value.FromInteger(i), Value.FromTimestamp(at), Value.FromInteger(i % 7), Value.FromInteger(1), Value.FromNumber(i)]));
        }
    }
}
