using System.Globalization;

namespace Flyball.Retraining;

/// <summary>The five fields of a cron schedule: minute, hour, day of month, month, day of week.</summary>
internal static class CronText
{
    /// <summary>The field of days of the week.</summary>
    public const int Week = 4;

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

    /// <summary>The values that each field of a schedule names, of one that <see cref="Defect"/> finds nothing wrong with; Sunday is 0.</summary>
    public static IReadOnlyList<IReadOnlySet<int>> Values(string text) =>
    [
        .. text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select((part, field) => part.Split(',').SelectMany(item => ValuesOf(item, field)).Select(v => field == Week ? v % 7 : v).ToHashSet()),
    ];

    private static IEnumerable<int> ValuesOf(string item, int field)
    {
        var slash = item.Split('/');
        var step = slash.Length == 2 ? int.Parse(slash[1], NumberStyles.None, CultureInfo.InvariantCulture) : 1;
        var (_, least, most, _) = Fields[field];
        var ends = slash[0] == "*" ? [least, field == Week ? 6 : most] : slash[0].Split('-').Select(e => Value(e, field)!.Value).ToArray();
        var last = ends.Length == 2 ? ends[1] : slash.Length == 2 ? most : ends[0];
        for (var value = ends[0]; value <= last; value += step)
        {
            yield return value;
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
