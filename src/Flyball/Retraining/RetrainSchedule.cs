using System.Globalization;
using Flyball.Engine.Time;
using Quartz;

namespace Flyball.Retraining;

/// <summary>
/// When a schedule comes next, in UTC. As cron has it, a schedule that restricts both the day of the month and the day of the week comes on the days
/// of either; Quartz takes one of them at a time, so such a schedule is two of its expressions.
/// </summary>
internal sealed class RetrainSchedule
{
    private readonly List<CronExpression> expressions;

    private RetrainSchedule(List<CronExpression> expressions) => this.expressions = expressions;

    /// <param name="text">Five fields that <see cref="CronText.Defect"/> finds nothing wrong with.</param>
    public static RetrainSchedule Parse(string text)
    {
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var (time, day, month, week) = ($"0 {fields[0]} {fields[1]}", fields[2], fields[3], CronText.DaysOfWeek(fields[4]));
        List<string> parts = [];
        if (week is null || day != "*")
        {
            parts.Add($"{time} {day} {month} ?");
        }

        if (week is not null)
        {
            // Quartz counts from 1, and 1 is Sunday.
            parts.Add($"{time} ? {month} {string.Join(',', week.Select(d => (d + 1).ToString(CultureInfo.InvariantCulture)))}");
        }

        return new RetrainSchedule([.. parts.Select(p => new CronExpression(p, TimeZoneInfo.Utc))]);
    }

    /// <summary>The first time after an instant; null when there is none any more, such as for 30 February.</summary>
    public EventTime? After(EventTime instant)
    {
        var from = DateTimeOffset.UnixEpoch.AddMicroseconds(instant.Micros);
        return expressions.Select(e => e.GetNextValidTimeAfter(from)).Where(t => t is not null).Min() is { } next ? EventTime.From(next) : null;
    }
}
