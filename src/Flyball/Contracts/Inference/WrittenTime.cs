using System.Globalization;
using Flyball.Engine.Time;

namespace Flyball.Contracts.Inference;

/// <summary>
/// A way of writing dates and times, known by its shape: the text with every digit as 9. Two forms share a shape only where day and month
/// could be either.
/// </summary>
/// <param name="Date">The date in the letters of the standard's <c>format</c>.</param>
/// <param name="Time">The time of day in the same letters, with what stands before it; empty for a date.</param>
/// <param name="FractionDigits">Digits of a fraction of a second; 0 for none.</param>
/// <param name="Offset"><c>XXX</c> when an offset follows, or empty.</param>
internal sealed record WrittenTime(string Date, string Time, int FractionDigits, string Offset)
{
    private static readonly string[] Dates = ["yyyy-MM-dd", "yyyy/MM/dd", "dd.MM.yyyy", "dd/MM/yyyy", "MM/dd/yyyy", "dd-MM-yyyy", "MM-dd-yyyy"];
    private static readonly string[] Times = [" HH:mm", " HH:mm:ss", "'T'HH:mm", "'T'HH:mm:ss"];
    private static readonly Dictionary<string, List<WrittenTime>> ByShape = Build();

    public bool IsDate => Time.Length == 0;

    /// <summary>What the gate reads without a <c>format</c>: a full date, or RFC 3339 with an offset.</summary>
    public bool IsPlain => Date == "yyyy-MM-dd" && (IsDate || (Time == "'T'HH:mm:ss" && Offset.Length > 0));

    /// <summary>The standard's <c>format</c>.</summary>
    public string Format => Date + Time + (FractionDigits > 0 ? "." + new string('S', FractionDigits) : "") + Offset;

    /// <summary>The same form whose fraction may be absent.</summary>
    public string FormatWithOptionalFraction => $"{Date}{Time}[.{new string('S', FractionDigits)}]{Offset}";

    /// <summary>Whether the two differ in their fraction at most.</summary>
    public bool IsLike(WrittenTime other) => (Date, Time, Offset) == (other.Date, other.Time, other.Offset);

    /// <summary>The forms that a text has: none, one, or two that read it differently.</summary>
    public static IReadOnlyList<WrittenTime> FormsOf(string text)
    {
        if (text.Length is < 10 or > 35 || !char.IsAsciiDigit(text[0]))
        {
            return [];
        }

        Span<char> shape = stackalloc char[text.Length];
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = char.IsAsciiDigit(text[i]) ? '9' : i >= 16 && text[i] is '-' ? '+' : text[i];
        }

        if (!ByShape.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(shape, out var forms))
        {
            return [];
        }

        return forms.TrueForAll(f => f.TryRead(text, out _)) ? forms : [.. forms.Where(f => f.TryRead(text, out _))];
    }

    /// <summary>The moment in UTC; a time without an offset is taken for UTC.</summary>
    public bool TryRead(string text, out long micros)
    {
        var pattern = (Date + Time).Replace("'T'", "\\T", StringComparison.Ordinal) + (FractionDigits > 0 ? "." + new string('f', FractionDigits) : "") + (Offset.Length > 0 ? "K" : "");
        var good = DateTimeOffset.TryParseExact(text, pattern, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at);
        micros = good ? Clock.ToMicros(at) : 0;
        return good;
    }

    private static Dictionary<string, List<WrittenTime>> Build()
    {
        var forms = new Dictionary<string, List<WrittenTime>>(StringComparer.Ordinal);
        foreach (var date in Dates)
        {
            Add(new WrittenTime(date, "", 0, ""), "");
            foreach (var time in Times)
            {
                int[] fractions = time.EndsWith("ss", StringComparison.Ordinal) ? [0, 1, 2, 3, 4, 5, 6] : [0];
                foreach (var digits in fractions)
                {
                    Add(new WrittenTime(date, time, digits, ""), "");
                    Add(new WrittenTime(date, time, digits, "XXX"), "Z");
                    Add(new WrittenTime(date, time, digits, "XXX"), "+99:99");
                }
            }
        }

        return forms;

        void Add(WrittenTime form, string offset)
        {
            var letters = form.Date + form.Time.Replace("'T'", "T", StringComparison.Ordinal);
            var shape = new string([.. letters.Select(c => c is 'y' or 'M' or 'd' or 'H' or 'm' or 's' ? '9' : c)])
                + (form.FractionDigits > 0 ? "." + new string('9', form.FractionDigits) : "") + offset;
            if (!forms.TryGetValue(shape, out var same))
            {
                forms.Add(shape, same = []);
            }

            same.Add(form);
        }
    }
}
