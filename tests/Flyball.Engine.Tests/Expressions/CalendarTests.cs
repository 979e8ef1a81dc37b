using Flyball.Engine.Expressions;
using Flyball.Engine.Time;

namespace Flyball.Engine.Tests.Expressions;

public sealed class CalendarTests
{
    [Theory]
    [InlineData("year(event_time)", "2026")]
    [InlineData("quarter(event_time)", "4")]
    [InlineData("month(event_time)", "11")]
    [InlineData("week(event_time)", "47")]
    [InlineData("day(event_time)", "21")]
    [InlineData("dayofyear(event_time)", "325")]
    [InlineData("minute(event_time)", "30")]
    [InlineData("second('2026-11-21T05:30:59Z')", "59")]
    [InlineData("hour('2026-11-21T05:30:00+02:00')", "3")]
    [InlineData("week('2027-01-01')", "53")]
    [InlineData("epoch('1970-01-02')", "86400")]
    [InlineData("to_timestamp(86400)", "1970-01-02T00:00:00Z")]
    [InlineData("to_timestamp(0.0000015)", "1970-01-01T00:00:00.000002Z")]
    [InlineData("to_timestamp('2026-01-31')", "2026-01-31T00:00:00Z")]
    [InlineData("to_timestamp(big)", "null")]
    [InlineData("year(to_timestamp(1e12))", "null")]
    [InlineData("date_trunc('second', event_time)", "2026-11-21T05:30:00Z")]
    [InlineData("date_trunc('hour', event_time)", "2026-11-21T05:00:00Z")]
    [InlineData("date_trunc('week', event_time)", "2026-11-16T00:00:00Z")]
    [InlineData("date_trunc('quarter', event_time)", "2026-10-01T00:00:00Z")]
    [InlineData("date_trunc('YEAR', event_time)", "2026-01-01T00:00:00Z")]
    [InlineData("date_trunc('hour', '1969-12-31T23:30:00Z')", "1969-12-31T23:00:00Z")]
    [InlineData("date_add('month', 1, '2026-01-31')", "2026-02-28T00:00:00Z")]
    [InlineData("date_add('hour', -1, '2026-01-01')", "2025-12-31T23:00:00Z")]
    [InlineData("date_add('year', 9000, event_time)", "null")]
    [InlineData("date_add('day', big, event_time)", "null")]
    [InlineData("date_add('microsecond', big, event_time)", "null")]
    [InlineData("date_diff('day', '2026-01-01T23:59:59Z', '2026-01-02')", "1")]
    [InlineData("date_diff('hour', '2026-01-02', '2026-01-01')", "-24")]
    [InlineData("date_diff('month', '2026-01-31', '2026-03-01')", "2")]
    [InlineData("date_diff('week', '2026-11-22', '2026-11-23')", "1")]
    [InlineData("date_diff('year', no_time, event_time)", "null")]
    public void A_function_of_time_gives(string text, string expected)
    {
        Assert.Equal(expected, Rows.Evaluate(text).ToString());
        var plan = Rows.Bind(text);
        Assert.Equal(plan.Canonical, Rows.Bind(plan.Canonical).Canonical);
    }

    [Theory]
    [InlineData("hour('2026-07-01T23:30:00Z', 'Europe/Vienna')", "1")]
    [InlineData("day('2026-07-01T23:30:00Z', 'Europe/Vienna')", "2")]
    [InlineData("dayofweek('2026-11-22T23:30:00Z', 'Europe/Vienna')", "1")]
    [InlineData("hour('2026-01-01T00:00:00Z', 'Asia/Kolkata')", "5")]
    // The day that starts when summer time does is 23 hours long, the one when it ends 25.
    [InlineData("date_trunc('day', '2026-03-29T12:00:00Z', 'Europe/Vienna')", "2026-03-28T23:00:00Z")]
    [InlineData("date_trunc('day', '2026-03-30T12:00:00Z', 'Europe/Vienna')", "2026-03-29T22:00:00Z")]
    [InlineData("date_add('day', 1, '2026-03-28T23:00:00Z', 'Europe/Vienna')", "2026-03-29T22:00:00Z")]
    [InlineData("date_add('day', 1, '2026-10-24T22:00:00Z', 'Europe/Vienna')", "2026-10-25T23:00:00Z")]
    // 02:30 is skipped on 29 March: the old offset makes it 03:30.
    [InlineData("date_add('day', 1, '2026-03-28T01:30:00Z', 'Europe/Vienna')", "2026-03-29T01:30:00Z")]
    // 02:30 comes twice on 25 October: an hour keeps its own half, a day that lands there takes the earlier.
    [InlineData("date_trunc('hour', '2026-10-25T00:30:00Z', 'Europe/Vienna')", "2026-10-25T00:00:00Z")]
    [InlineData("date_trunc('hour', '2026-10-25T01:30:00Z', 'Europe/Vienna')", "2026-10-25T01:00:00Z")]
    [InlineData("date_add('day', 1, '2026-10-24T00:30:00Z', 'Europe/Vienna')", "2026-10-25T00:30:00Z")]
    // A zone whose midnight is skipped: the day starts at the change.
    [InlineData("date_trunc('day', '2018-11-04T15:00:00Z', 'America/Sao_Paulo')", "2018-11-04T03:00:00Z")]
    [InlineData("date_diff('day', '2026-03-28T22:59:00Z', '2026-03-28T23:01:00Z', 'Europe/Vienna')", "1")]
    public void A_named_zone_has_its_own_days_and_hours(string text, string expected)
    {
        Assert.SkipUnless(TimeZoneInfo.TryFindSystemTimeZoneById("Europe/Vienna", out _), "The system has no IANA time zones.");
        Assert.Equal(expected, Rows.Evaluate(text).ToString());
    }

    [Fact]
    public void Every_part_agrees_with_the_platforms_calendar()
    {
        var schema = new RowSchema([new("at", ScalarType.Timestamp)]);
        var parts = new (string Name, Func<DateTimeOffset, long> Of)[]
        {
            ("year", at => at.Year), ("month", at => at.Month), ("day", at => at.Day), ("dayofyear", at => at.DayOfYear), ("minute", at => at.Minute), ("second", at => at.Second),
        };
        foreach (var (name, of) in parts)
        {
            var plan = RowBinder.Bind($"{name}(at)", schema).Plan!;
            for (var days = -1200; days < 1200; days++)
            {
                var at = new EventTime((days * Clock.MicrosPerDay * 3) + (days * 7_654_321L));
                Assert.Equal(of(at.ToDateTimeOffset()), plan.Evaluate([Value.FromTimestamp(at)]).AsInteger);
            }
        }
    }
}
