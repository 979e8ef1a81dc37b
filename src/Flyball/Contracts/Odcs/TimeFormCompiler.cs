using Flyball.Contracts.Rows;
using Flyball.Projects;

namespace Flyball.Contracts.Odcs;

/// <summary>
/// Compiles <c>format</c>, <c>timezone</c> and <c>defaultTimezone</c>. A timestamp of which the contract says nothing has an offset in every row; the
/// standard's default zone, UTC, is taken where the contract shows that times come without one.
/// </summary>
internal static class TimeFormCompiler
{
    /// <summary>The form that the options state; null when they state none, and after adding a problem.</summary>
    public static TimeForm? Compile(FieldDefinition field, YamlSection options)
    {
        var pattern = ReadPattern(field, options);
        var isZoned = field.Kind is FieldKind.Timestamp or FieldKind.Time && !string.Equals(field.LogicalType, "date", StringComparison.Ordinal);
        var hasOffset = isZoned ? options.Flag("timezone") : null;
        var zone = isZoned ? ReadZone(options) : null;
        if (pattern is null && zone is null && hasOffset is not false)
        {
            return null;
        }

        if (pattern is not null && hasOffset == true && !pattern.Has(TimePart.Offset))
        {
            options.Problems.Add("FLY1107", $"'timezone' says that '{field.Path}' has an offset, and its format has none.", options.At("timezone"), "Add XXX to the format, or write timezone: false.");
        }

        return new TimeForm(pattern, zone ?? LocalZone.Utc, needsOffset: field.Kind == FieldKind.Timestamp && hasOffset == true);
    }

    /// <summary>A <c>date</c> that is a timestamp at its source may come as a date, or with a time, without any offset.</summary>
    public static TimeForm? Usual(FieldDefinition field) =>
        field.Kind == FieldKind.Timestamp && string.Equals(field.LogicalType, "date", StringComparison.Ordinal) ? new TimeForm(null, LocalZone.Utc, needsOffset: false) : null;

    private static TimePattern? ReadPattern(FieldDefinition field, YamlSection options)
    {
        if (options.Text("format") is not { } format)
        {
            return null;
        }

        if (TimePatternCompiler.Compile(format, out var wrong) is not { } pattern)
        {
            options.Problems.Add("FLY1107", $"The format of '{field.Path}' cannot be used: {wrong}", options.At("format"), "Use y, M, d, H, h with a, m, s, S, E, X, x, Z, quoted text and optional parts in brackets.");
            return null;
        }

        var hasDay = (pattern.Has(TimePart.Year) || pattern.Has(TimePart.ShortYear)) && (pattern.Has(TimePart.Month) || pattern.Has(TimePart.MonthName)) && pattern.Has(TimePart.Day);
        var hasHour = pattern.Has(TimePart.Hour) || pattern.Has(TimePart.HalfHour);
        if (field.Kind == FieldKind.Time ? !hasHour || pattern.Has(TimePart.Offset) : !hasDay)
        {
            options.Problems.Add(
                "FLY1107",
                field.Kind == FieldKind.Time ? $"The format of the time of day '{field.Path}' should have an hour, and no offset." : $"The format of '{field.Path}' should have year, month and day.",
                options.At("format"));
            return null;
        }

        return pattern;
    }

    private static LocalZone? ReadZone(YamlSection options)
    {
        if (options.Text("defaultTimezone") is not { } name)
        {
            return null;
        }

        if (LocalZone.Find(name) is { } zone)
        {
            return zone;
        }

        options.Problems.Add(
            "FLY1107", name.Length <= 64 ? $"The time zone '{name}' is not known on this machine." : "The time zone is not known.", options.At("defaultTimezone"), "Use an IANA name such as Europe/Paris, or Etc/UTC.");
        return null;
    }
}
