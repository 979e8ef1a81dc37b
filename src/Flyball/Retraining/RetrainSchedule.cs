using Flyball.Engine.Time;

namespace Flyball.Retraining;

/// <summary>
/// When a schedule comes next, in UTC. As cron has it, a schedule that restricts both the day of the month and the day of the week comes on the days
/// of either. A library for this would bring its hosting packages into every project: it is a dozen lines over <see cref="CronText"/>.
/// </summary>
internal sealed class RetrainSchedule
{
    /// <summary>The calendar of days and weekdays repeats within so many years; what did not come by then never does.</summary>
    private const int Years = 29;

    private readonly IReadOnlyList<IReadOnlySet<int>> values;
    private readonly Func<DateTimeOffset, bool> comesOn;

    private RetrainSchedule(IReadOnlyList<IReadOnlySet<int>> values, bool anyDay, bool anyWeekday)
    {
        this.values = values;
        comesOn = (anyDay, anyWeekday) switch
        {
            (false, false) => day => InMonth(day) || InWeek(day),
            (true, _) => InWeek,
            _ => InMonth,
        };

        bool InMonth(DateTimeOffset day) => values[2].Contains(day.Day);
        bool InWeek(DateTimeOffset day) => values[CronText.Week].Contains((int)day.DayOfWeek);
    }

    /// <param name="text">Five fields that <see cref="CronText.Defect"/> finds nothing wrong with.</param>
    public static RetrainSchedule Parse(string text)
    {
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new RetrainSchedule(CronText.Values(text), fields[2] == "*", fields[CronText.Week] == "*");
    }

    /// <summary>The first time after an instant; null when there is none any more, such as for 30 February. Cost: the days up to it.</summary>
    public EventTime? After(EventTime instant)
    {
        var from = DateTimeOffset.UnixEpoch.AddMicroseconds(instant.Micros);
        var last = from.AddYears(Years);
        for (var day = new DateTimeOffset(from.UtcDateTime.Date, TimeSpan.Zero); day <= last; day = day.AddDays(1))
        {
            if (values[3].Contains(day.Month) && comesOn(day) && TimeOn(day, from) is { } time)
            {
                return EventTime.From(time);
            }
        }

        return null;
    }

    private DateTimeOffset? TimeOn(DateTimeOffset day, DateTimeOffset after)
    {
        foreach (var hour in values[1].Order())
        {
            foreach (var minute in values[0].Order())
            {
                if (day.AddMinutes((hour * 60) + minute) is var time && time > after)
                {
                    return time;
                }
            }
        }

        return null;
    }
}
