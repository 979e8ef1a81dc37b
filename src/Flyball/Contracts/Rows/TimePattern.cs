namespace Flyball.Contracts.Rows;

/// <summary>
/// A pattern of the standard's <c>format</c>, such as <c>yyyy-MM-dd HH:mm:ss[.SSS]</c>, in the letters of the JDK's DateTimeFormatter. A letter twice asks for
/// two digits, once for one or two; names of months and days are English. Reading is one pass over the bytes.
/// </summary>
internal sealed class TimePattern
{
    private static readonly string[] Months = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

    private static readonly string[] Days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    private readonly IReadOnlyList<TimeStep> steps;

    public TimePattern(string text, IReadOnlyList<TimeStep> steps)
    {
        Text = text;
        this.steps = steps;
    }

    /// <summary>The pattern as written.</summary>
    public string Text { get; }

    public bool Has(TimePart part) => Has(steps, part);

    public bool TryRead(ReadOnlySpan<byte> text, ref TimeParts parts)
    {
        var at = 0;
        return TryRead(steps, text, ref at, ref parts) && at == text.Length;
    }

    private static bool Has(IReadOnlyList<TimeStep> steps, TimePart part) => steps.Any(s => s.Part == part || (s.Inner is not null && Has(s.Inner, part)));

    private static bool TryRead(IReadOnlyList<TimeStep> steps, ReadOnlySpan<byte> text, ref int at, ref TimeParts parts)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            var step = steps[i];
            if (step.Part == TimePart.Optional)
            {
                var (before, known) = (at, parts);
                if (!TryRead(step.Inner!, text, ref at, ref parts))
                {
                    (at, parts) = (before, known);
                }
            }
            else if (!TryRead(step, text, ref at, ref parts))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryRead(TimeStep step, ReadOnlySpan<byte> text, ref int at, ref TimeParts parts)
    {
        switch (step.Part)
        {
            case TimePart.Literal:
                var matches = text[at..].StartsWith(step.Text);
                at += matches ? step.Text!.Length : 0;
                return matches;
            case TimePart.Year:
                return TryNumber(step, text, ref at, out parts.Year);
            case TimePart.ShortYear:
                var good = TryNumber(step, text, ref at, out var year);
                parts.Year = 2000 + year;
                return good;
            case TimePart.Month:
                return TryNumber(step, text, ref at, out parts.Month);
            case TimePart.MonthName:
                parts.Month = ReadName(Months, step, text, ref at) + 1;
                return parts.Month > 0;
            case TimePart.Day:
                return TryNumber(step, text, ref at, out parts.Day);
            case TimePart.DayName:
                return ReadName(Days, step, text, ref at) >= 0;
            case TimePart.Hour or TimePart.HalfHour:
                return TryNumber(step, text, ref at, out parts.Hour);
            case TimePart.HalfDay:
                return TryHalf(text, ref at, ref parts);
            case TimePart.Minute:
                return TryNumber(step, text, ref at, out parts.Minute);
            case TimePart.Second:
                return TryNumber(step, text, ref at, out parts.Second);
            case TimePart.Fraction:
                return TryFraction(step, text, ref at, ref parts);
            default:
                return TryOffset(step, text, ref at, ref parts);
        }
    }

    private static bool TryNumber(TimeStep step, ReadOnlySpan<byte> text, ref int at, out int number)
    {
        number = 0;
        var digits = 0;
        while (digits < step.Most && at + digits < text.Length && text[at + digits] is >= (byte)'0' and <= (byte)'9')
        {
            number = (number * 10) + (text[at + digits++] - '0');
        }

        at += digits;
        return digits >= step.Least;
    }

    private static bool TryFraction(TimeStep step, ReadOnlySpan<byte> text, ref int at, ref TimeParts parts)
    {
        if (text.Length - at < step.Most || text.Slice(at, step.Most).ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return false;
        }

        parts.Micros = IsoTime.Fraction(text.Slice(at, step.Most));
        at += step.Most;
        return true;
    }

    /// <summary>A name in full, or its first three letters where the pattern says so; -1 for none.</summary>
    private static int ReadName(string[] names, TimeStep step, ReadOnlySpan<byte> text, ref int at)
    {
        for (var i = 0; i < names.Length; i++)
        {
            var name = names[i].AsSpan(0, step.Most == 3 ? 3 : names[i].Length);
            if (text.Length - at >= name.Length && System.Text.Ascii.EqualsIgnoreCase(text.Slice(at, name.Length), name))
            {
                at += name.Length;
                return i;
            }
        }

        return -1;
    }

    private static bool TryHalf(ReadOnlySpan<byte> text, ref int at, ref TimeParts parts)
    {
        if (text.Length - at < 2 || (text[at + 1] | 0x20) != 'm' || (text[at] | 0x20) is not ('a' or 'p'))
        {
            return false;
        }

        parts.Half = (text[at] | 0x20) == 'p' ? 1 : 0;
        at += 2;
        return true;
    }

    /// <summary>Letters once: +hh or +hhmm; twice: +hhmm; three times: +hh:mm.</summary>
    private static bool TryOffset(TimeStep step, ReadOnlySpan<byte> text, ref int at, ref TimeParts parts)
    {
        parts.HasOffset = true;
        if (step.Least == 1 && at < text.Length && text[at] == 'Z')
        {
            at++;
            return true;
        }

        var colon = step.Most >= 3 ? 1 : 0;
        if (text.Length - at < 3 || text[at] is not ((byte)'+' or (byte)'-') || !IsoTime.TryDigits(text.Slice(at + 1, 2), out var hours))
        {
            return false;
        }

        var sign = text[at] == '-' ? -60 : 60;
        at += 3;
        var minutes = 0;
        var hasMinutes = text.Length - at >= 2 + colon && (colon == 0 || text[at] == ':') && IsoTime.TryDigits(text.Slice(at + colon, 2), out minutes);
        at += hasMinutes ? 2 + colon : 0;
        parts.OffsetSeconds = ((hours * 60) + minutes) * sign;
        return (hasMinutes || step.Most == 1) && hours <= 23 && minutes <= 59;
    }
}
