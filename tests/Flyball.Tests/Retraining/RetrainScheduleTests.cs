using System.Globalization;
using Flyball.Engine.Time;
using Flyball.Retraining;

namespace Flyball.Tests.Retraining;

public sealed class RetrainScheduleTests
{
    [Theory]
    [InlineData("0 3 * * 1", "2026-11-21T00:00:00Z", "2026-11-23T03:00:00Z")]
    [InlineData("0 3 * * mon", "2026-11-23T03:00:00Z", "2026-11-30T03:00:00Z")]
    [InlineData("0 3 * * 0", "2026-11-21T00:00:00Z", "2026-11-22T03:00:00Z")]
    [InlineData("0 3 * * 7", "2026-11-21T00:00:00Z", "2026-11-22T03:00:00Z")]
    [InlineData("0 3 * * 5-7", "2026-11-21T04:00:00Z", "2026-11-22T03:00:00Z")]
    [InlineData("*/15 * * * *", "2026-11-21T10:44:59Z", "2026-11-21T10:45:00Z")]
    [InlineData("30 2 1 * *", "2026-11-21T00:00:00Z", "2026-12-01T02:30:00Z")]
    [InlineData("0 0 1 jan *", "2026-11-21T00:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("0 0 29 2 *", "2026-11-21T00:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("0 0 * * */2", "2026-11-22T00:00:00Z", "2026-11-24T00:00:00Z")]
    public void The_next_time_is_the_one_cron_names(string schedule, string after, string expected)
    {
        Assert.Null(CronText.Defect(schedule));
        Assert.Equal(At(expected), RetrainSchedule.Parse(schedule).After(At(after)));
    }

    /// <summary>A Friday or a 13th, whichever comes first: 13 November 2026 is a Friday, then every Friday, then Sunday 13 December.</summary>
    [Fact]
    public void Restricting_both_days_means_either()
    {
        var schedule = RetrainSchedule.Parse("0 0 13 * fri");
        var times = new List<string>();
        for (var t = At("2026-11-12T12:00:00Z"); times.Count < 6;)
        {
            t = schedule.After(t)!.Value;
            times.Add(t.ToString()[..10]);
        }

        Assert.Equal(["2026-11-13", "2026-11-20", "2026-11-27", "2026-12-04", "2026-12-11", "2026-12-13"], times);
    }

    [Fact]
    public void A_day_that_never_comes_has_no_next_time() => Assert.Null(RetrainSchedule.Parse("0 0 30 2 *").After(At("2026-11-21T00:00:00Z")));

    private static EventTime At(string text) => EventTime.From(DateTimeOffset.Parse(text, CultureInfo.InvariantCulture));
}
