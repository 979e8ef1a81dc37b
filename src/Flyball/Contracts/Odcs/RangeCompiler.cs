using System.Globalization;
using System.Numerics;
using System.Text;
using Flyball.Contracts.Rows;
using Flyball.Engine.Problems;
using Flyball.Projects;

namespace Flyball.Contracts.Odcs;

/// <summary>
/// Compiles <c>minimum</c>, <c>maximum</c> and their exclusive forms. Version 3.1 of the standard writes an exclusive bound as a
/// value of its own, 3.0 as a flag beside the closed bound; both are read.
/// </summary>
internal static class RangeCompiler
{
    private static readonly (string Name, long Least, long Most)[] IntegerFormats =
    [
        ("i8", sbyte.MinValue, sbyte.MaxValue), ("i16", short.MinValue, short.MaxValue), ("i32", int.MinValue, int.MaxValue),
        ("i64", long.MinValue, long.MaxValue), ("i128", long.MinValue, long.MaxValue),
        ("u8", 0, byte.MaxValue), ("u16", 0, ushort.MaxValue), ("u32", 0, uint.MaxValue), ("u64", 0, long.MaxValue), ("u128", 0, long.MaxValue),
    ];

    private static readonly TimeForm PlainTime = new(null, LocalZone.Utc, needsOffset: false);

    public static void AddInteger(string field, YamlSection options, List<IFieldCheck> checks)
    {
        var least = ReadInteger(options, Find(options, "minimum", "exclusiveMinimum"), isUpper: false) ?? long.MinValue;
        var most = ReadInteger(options, Find(options, "maximum", "exclusiveMaximum"), isUpper: true) ?? long.MaxValue;
        if (options.Text("format") is { } format)
        {
            var known = IntegerFormats.FirstOrDefault(f => string.Equals(f.Name, format, StringComparison.Ordinal));
            if (known.Name is null)
            {
                options.Problems.Add("FLY1107", $"'{format}' is not a format of integers.", options.At("format"), $"Known are: {string.Join(", ", IntegerFormats.Select(f => f.Name))}.");
                return;
            }

            (least, most) = (Math.Max(least, known.Least), Math.Min(most, known.Most));
        }

        if (least != long.MinValue || most != long.MaxValue)
        {
            CheckOrder(field, options, least <= most);
            var bounds = Describe(least == long.MinValue ? null : Text(least), false, most == long.MaxValue ? null : Text(most), false);
            checks.Add(new IntegerRangeCheck(least, most, OutOfRange(field, bounds)));
        }
    }

    public static void AddNumber(string field, YamlSection options, List<IFieldCheck> checks)
    {
        var (lower, upper) = (Find(options, "minimum", "exclusiveMinimum"), Find(options, "maximum", "exclusiveMaximum"));
        var least = lower.Name is null ? null : options.Number(lower.Name);
        var most = upper.Name is null ? null : options.Number(upper.Name);
        if (least is not null || most is not null)
        {
            var isEmpty = least > most || (least == most && (lower.IsOpen || upper.IsOpen));
            CheckOrder(field, options, !isEmpty);
            var bounds = Describe(least is { } l ? Text(l) : null, lower.IsOpen, most is { } m ? Text(m) : null, upper.IsOpen);
            checks.Add(new NumberRangeCheck(least ?? double.MinValue, least is not null && lower.IsOpen, most ?? double.MaxValue, most is not null && upper.IsOpen, OutOfRange(field, bounds)));
        }

        AddNumberFormat(field, options, checks);
    }

    private static void AddNumberFormat(string field, YamlSection options, List<IFieldCheck> checks)
    {
        switch (options.Text("format"))
        {
            case null or "f64":
                break;
            case "f32":
                checks.Add(new NumberRangeCheck(float.MinValue, false, float.MaxValue, false, OutOfRange(field, "within the range of 32-bit floating point")));
                break;
            case var format:
                OdcsShape.RefuseChoice(options, "format", format, ["f32", "f64"]);
                break;
        }
    }

    public static void AddTimestamp(FieldDefinition field, TimeForm? form, YamlSection options, List<IFieldCheck> checks)
    {
        var (lower, upper) = (Find(options, "minimum", "exclusiveMinimum"), Find(options, "maximum", "exclusiveMaximum"));
        var least = ReadTimestamp(field, form, options, lower, isUpper: false);
        var most = ReadTimestamp(field, form, options, upper, isUpper: true);
        if (least is not null || most is not null)
        {
            CheckOrder(field.Path, options, (least ?? long.MinValue) <= (most ?? long.MaxValue));
            var bounds = Describe(lower.Name is null ? null : options.Text(lower.Name), lower.IsOpen, upper.Name is null ? null : options.Text(upper.Name), upper.IsOpen);
            checks.Add(new TimestampRangeCheck(least ?? long.MinValue, most ?? long.MaxValue, OutOfRange(field.Path, bounds)));
        }
    }

    public static void AddTimeOfDay(FieldDefinition field, TimeForm? form, YamlSection options, List<IFieldCheck> checks)
    {
        var (lower, upper) = (Find(options, "minimum", "exclusiveMinimum"), Find(options, "maximum", "exclusiveMaximum"));
        var (least, most) = (ReadTimeOfDay(form, options, lower.Name), ReadTimeOfDay(form, options, upper.Name));
        if (least is not null || most is not null)
        {
            var order = least is null || most is null ? -1 : string.CompareOrdinal(least, most);
            CheckOrder(field.Path, options, order < 0 || (order == 0 && !lower.IsOpen && !upper.IsOpen));
            checks.Add(new TimeOfDayRangeCheck((least, lower.IsOpen), (most, upper.IsOpen), OutOfRange(field.Path, Describe(least, lower.IsOpen, most, upper.IsOpen))));
        }
    }

    public static void CheckOrder(string field, YamlSection options, bool good)
    {
        if (!good)
        {
            options.Problems.Add("FLY1107", $"No value of '{field}' can meet these bounds.", options.Where);
        }
    }

    /// <summary>Bounds in words: <c>at least 0 and less than 10</c>.</summary>
    public static string Describe(string? least, bool leastIsOpen, string? most, bool mostIsOpen)
    {
        var lower = least is null ? null : $"{(leastIsOpen ? "more than" : "at least")} {least}";
        var upper = most is null ? null : $"{(mostIsOpen ? "less than" : "at most")} {most}";
        return lower is null ? upper ?? "" : upper is null ? lower : $"{lower} and {upper}";
    }

    public static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    /// <summary>The option that states the bound, null when none does.</summary>
    private static (string? Name, bool IsOpen) Find(YamlSection options, string closed, string open)
    {
        var isFlag = YamlScalars.TryFlag(options.Text(open) ?? "", out var flag);
        if (isFlag || !options.Has(open))
        {
            return (options.Has(closed) ? closed : null, flag);
        }

        if (options.Has(closed))
        {
            options.Problems.Add("FLY1107", $"'{closed}' and '{open}' both state a bound.", options.At(open), "Keep one of them.");
        }

        return (open, true);
    }

    /// <summary>The closed bound of whole numbers: an open one moves by one, a fraction is rounded inwards.</summary>
    private static long? ReadInteger(YamlSection options, (string? Name, bool IsOpen) bound, bool isUpper)
    {
        if (bound.Name is null || options.Number(bound.Name) is not { } number)
        {
            return null;
        }

        var inside = isUpper ? Math.Floor(number) : Math.Ceiling(number);
        if (!YamlScalars.TryInteger(options.Text(bound.Name)!, out var exact))
        {
            exact = inside >= long.MaxValue ? long.MaxValue : inside <= long.MinValue ? long.MinValue : (long)inside;
        }

        var isOpen = bound.IsOpen && inside == number;
        if (IsBeyond(options.Text(bound.Name)!, inside, isUpper) || (isOpen && exact == (isUpper ? long.MinValue : long.MaxValue)))
        {
            options.Problems.Add("FLY1107", "No whole number of 64 bits can meet this bound.", options.At(bound.Name));
        }

        return isOpen ? Step(exact, isUpper) : exact;
    }

    /// <summary>No whole number of 64 bits is on the good side of the bound. Doubles cannot tell: 2^63 - 1 and 2^63 are one of them.</summary>
    private static bool IsBeyond(string text, double inside, bool isUpper) =>
        BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exact)
            ? isUpper ? exact < long.MinValue : exact > long.MaxValue
            : isUpper ? inside < long.MinValue : inside >= 9223372036854775808d;

    /// <summary>A bound is written like the values, or as a date or an RFC 3339 timestamp.</summary>
    private static long? ReadTimestamp(FieldDefinition field, TimeForm? form, YamlSection options, (string? Name, bool IsOpen) bound, bool isUpper)
    {
        if (bound.Name is null || options.Text(bound.Name) is not { } text)
        {
            return null;
        }

        var utf8 = Encoding.UTF8.GetBytes(text);
        long micros = 0;
        if ((form is not null && (field.Kind == FieldKind.Date ? form.TryReadDate(utf8, out micros) : form.TryRead(utf8, out micros) == TimeReading.Good))
            || Rfc3339.TryRead(utf8, out micros) || Rfc3339.TryReadDate(utf8, out micros))
        {
            return bound.IsOpen ? Step(micros, isUpper) : micros;
        }

        options.Problems.Add("FLY1105", $"'{bound.Name}' should be a date, an RFC 3339 timestamp with an offset, or of the field's own format.", options.At(bound.Name));
        return null;
    }

    private static string? ReadTimeOfDay(TimeForm? form, YamlSection options, string? name)
    {
        if (name is null || options.Text(name) is not { } text)
        {
            return null;
        }

        if ((form ?? PlainTime).TryReadTime(Encoding.UTF8.GetBytes(text), out var micros))
        {
            return TimeOfDay.Write(micros);
        }

        options.Problems.Add("FLY1105", $"'{name}' should be a time of day such as 13:45:00.", options.At(name));
        return null;
    }

    private static long Step(long bound, bool isUpper) =>
        isUpper ? (bound == long.MinValue ? bound : bound - 1) : (bound == long.MaxValue ? bound : bound + 1);

    private static Problem OutOfRange(string field, string bounds) => new("FLY3103", $"'{field}' should be {bounds}.", new ProblemLocation(Field: field));
}
