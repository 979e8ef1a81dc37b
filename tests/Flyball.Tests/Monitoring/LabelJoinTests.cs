using Flyball.Contracts.Quality;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Monitoring;

namespace Flyball.Tests.Monitoring;

public class LabelJoinTests
{
    private const long Hour = 3_600_000_000;
    private const long Day = 24 * Hour;

    [Fact]
    public void A_second_label_of_a_key_repeats_or_contradicts_the_first()
    {
        var join = new LabelJoin(7 * Day, null);
        join.AddRequest(Key(1), new EventTime(0));

        join.AddLabel(Key(1), 1, new EventTime(Hour));
        join.AddLabel(Key(1), 1, new EventTime(2 * Hour));
        join.AddLabel(Key(1), 0, new EventTime(3 * Hour));

        Assert.Equal((1, 1, 0), (join.Repeated, join.Conflicting, join.Unmatched));
        Assert.Equal("label conflicts", Assert.Single(LabelFindings.Of(join.Days, join.Delays, join.Conflicting)).Rule);
    }

    [Theory]
    [InlineData(2, Hour)]
    [InlineData(1, -Hour)]
    [InlineData(1, (7 * Day) + 1)]
    public void A_label_of_an_unknown_key_or_outside_the_window_is_unmatched(long key, long at)
    {
        var join = new LabelJoin(7 * Day, null);
        join.AddRequest(Key(1), new EventTime(0));

        join.AddLabel(Key(key), 1, new EventTime(at));

        Assert.Equal(1, join.Unmatched);
    }

    [Theory]
    [InlineData(null, 4)]
    [InlineData(0.0, 4)]
    [InlineData(1.0, 10)]
    public void A_request_counts_in_its_day_when_its_window_has_passed(double? absent, long positive)
    {
        var join = new LabelJoin(Day, absent);
        for (var i = 0; i < 10; i++)
        {
            join.AddRequest(Key(i), new EventTime(i * Hour));
        }

        for (var i = 0; i < 4; i++)
        {
            join.AddLabel(Key(i), 1, new EventTime((i + 2) * Hour));
        }

        Assert.Empty(join.Days);
        join.AddRequest(Key(99), new EventTime(3 * Day));

        Assert.Equal(new LabelDay(0, 10, 4, positive), Assert.Single(join.Days));
        Assert.InRange(join.DelayQuantile(0.5)!.Value, 7_200 * 0.97, 7_200 * 1.03);
    }

    [Fact]
    public void A_base_rate_that_doubles_in_a_week_is_found_and_a_steady_one_is_not()
    {
        LabelDay Of(long day, long positive) => new(day, 1_000, 1_000, positive);
        var steady = Enumerable.Range(0, 43).Select(d => Of(d, 20 + (d * 7 % 5))).ToList();
        var doubled = steady.Select(d => d.Day is >= 35 ? d with { Positive = d.Positive * 2 } : d).ToList();

        Assert.Empty(LabelFindings.Of(steady, [], 0));
        var finding = Assert.Single(LabelFindings.Of(doubled, [], 0));
        Assert.Equal(("base rate", RuleOutcome.Alert), (finding.Rule, finding.Outcome));
    }

    [Fact]
    public void A_coverage_that_halves_in_a_week_is_found()
    {
        var days = Enumerable.Range(0, 43).Select(d => new LabelDay(d, 1_000, d >= 35 ? 450 : 900, 0)).ToList();

        Assert.Equal("label coverage", Assert.Single(LabelFindings.Of(days, [], 0)).Rule);
    }

    private static Value Key(long key) => Value.FromInteger(key);
}
