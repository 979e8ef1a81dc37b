using System.Globalization;

namespace Flyball.Retraining;

/// <summary>The five fields of a cron schedule: minute, hour, day of month, month, day of week.</summary>
internal static class CronText
{
    private static readonly (string Name, int Least, int Most, string[] Words)[] Fields =
    [
        ("minute", 0, 59, []),
        ("hour", 0, 23, []),
        ("day of month", 1, 31, []),
        ("month", 1, 12, ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
        ("day of week", 0, 7, ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
    ];

    /// <summary>What is wrong with a schedule; null when nothing is.</summary>
    public static string? Defect(string text)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts.Length != Fields.Length)
        {
            return string.Create(CultureInfo.InvariantCulture, $"it has {parts.Length} fields instead of five");
        }

        for (var i = 0; i < parts.Length; i++)
        {
            if (!parts[i].Split(',').All(item => IsItem(item, i)))
            {
                return string.Create(CultureInfo.InvariantCulture, $"{parts[i]} is no {Fields[i].Name} ({Fields[i].Least} to {Fields[i].Most})");
            }
        }

        return null;
    }

    /// <summary>The days of the week that a schedule's last field names, 0 is Sunday; null when it names every day.</summary>
    public static IReadOnlyList<int>? DaysOfWeek(string field) => field.StartsWith('*') && !field.Contains('/')
        ? null
        : [.. field.Split(',').SelectMany(DaysOf).Select(d => d % 7).Distinct().Order()];

    private static IEnumerable<int> DaysOf(string item)
    {
        const int week = 4;
        var slash = item.Split('/');
        var step = slash.Length == 2 ? int.Parse(slash[1], NumberStyles.None, CultureInfo.InvariantCulture) : 1;
        var ends = slash[0] == "*" ? [0, 6] : slash[0].Split('-').Select(e => Value(e, week)!.Value).ToArray();
        var last = ends.Length == 2 ? ends[1] : slash.Length == 2 ? 6 : ends[0];
        for (var day = ends[0]; day <= last; day += step)
        {
            yield return day;
        }
    }

    /// <summary><c>*</c>, a value or a range of values, each with or without a step.</summary>
    private static bool IsItem(string item, int field)
    {
        var slash = item.Split('/');
        if (slash.Length > 2 || (slash.Length == 2 && !(int.TryParse(slash[1], NumberStyles.None, CultureInfo.InvariantCulture, out var step) && step > 0)))
        {
            return false;
        }

        if (slash[0] == "*")
        {
            return true;
        }

        var ends = slash[0].Split('-');
        var values = ends.Select(e => Value(e, field)).ToList();
        return values.Count <= 2 && values.TrueForAll(v => v is not null) && values[0] <= values[^1];
    }

    private static int? Value(string text, int field)
    {
        var (_, least, most, words) = Fields[field];
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number >= least && number <= most ? number : null;
        }

        var word = Array.FindIndex(words, w => w.Equals(text, StringComparison.OrdinalIgnoreCase));
        return word < 0 ? null : word + least;
    }
}
