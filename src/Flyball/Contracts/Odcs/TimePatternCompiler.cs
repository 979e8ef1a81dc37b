using System.Globalization;
using System.Text;
using Flyball.Contracts.Rows;

namespace Flyball.Contracts.Odcs;

/// <summary>Compiles the letters of the JDK's DateTimeFormatter, as the standard's <c>format</c> of dates and times has them.</summary>
internal sealed class TimePatternCompiler
{
    private const int LongestPattern = 100;

    private readonly string pattern;
    private int at;

    private TimePatternCompiler(string pattern) => this.pattern = pattern;

    /// <summary>The pattern, or null and what is wrong with it.</summary>
    public static TimePattern? Compile(string pattern, out string? wrong)
    {
        wrong = pattern.Length is 0 or > LongestPattern ? $"A pattern has 1 to {LongestPattern} characters." : null;
        if (wrong is not null)
        {
            return null;
        }

        var compiler = new TimePatternCompiler(pattern);
        var steps = compiler.ReadSteps(isInner: false, ref wrong);
        if (wrong is null && compiler.at < pattern.Length)
        {
            wrong = "A ']' closes nothing.";
        }

        var compiled = new TimePattern(pattern, steps);
        if (wrong is null && compiled.Has(TimePart.HalfHour) != compiled.Has(TimePart.HalfDay))
        {
            wrong = "The letters h and a go together; H is the hour of 24.";
        }

        return wrong is null ? compiled : null;
    }

    private List<TimeStep> ReadSteps(bool isInner, ref string? wrong)
    {
        List<TimeStep> steps = [];
        while (wrong is null && at < pattern.Length && pattern[at] != ']')
        {
            switch (pattern[at])
            {
                case '[':
                    at++;
                    steps.Add(new TimeStep(TimePart.Optional, Inner: ReadSteps(isInner: true, ref wrong)));
                    break;
                case '\'':
                    steps.Add(ReadQuoted(ref wrong));
                    break;
                case >= 'a' and <= 'z' or >= 'A' and <= 'Z':
                    steps.Add(ReadLetters(ref wrong));
                    break;
                case '{' or '}' or '#':
                    wrong = string.Create(CultureInfo.InvariantCulture, $"'{pattern[at]}' is reserved; put it between quotes.");
                    break;
                default:
                    steps.Add(new TimeStep(TimePart.Literal, Text: Encoding.UTF8.GetBytes(pattern[at++].ToString())));
                    break;
            }
        }

        if (isInner && wrong is null)
        {
            wrong = at < pattern.Length ? null : "A '[' is never closed.";
            at++;
        }

        return steps;
    }

    /// <summary>Text between quotes is meant literally; two quotes are one.</summary>
    private TimeStep ReadQuoted(ref string? wrong)
    {
        var text = new StringBuilder();
        var start = ++at;
        while (at < pattern.Length && (pattern[at] != '\'' || (at + 1 < pattern.Length && pattern[at + 1] == '\'' && at > start)))
        {
            text.Append(pattern[at]);
            at += pattern[at] == '\'' ? 2 : 1;
        }

        wrong = at < pattern.Length ? wrong : "A quote is never closed.";
        at++;
        return new TimeStep(TimePart.Literal, Text: Encoding.UTF8.GetBytes(text.Length == 0 ? "'" : text.ToString()));
    }

    private TimeStep ReadLetters(ref string? wrong)
    {
        var letter = pattern[at];
        var count = 0;
        for (; at < pattern.Length && pattern[at] == letter; at++)
        {
            count++;
        }

        var step = (letter, count) switch
        {
            ('y' or 'u', 2) => new TimeStep(TimePart.ShortYear, 2, 2),
            ('y' or 'u', 1 or 4) => new TimeStep(TimePart.Year, count, 4),
            ('M' or 'L', 1 or 2) => new TimeStep(TimePart.Month, count, 2),
            ('M' or 'L', 3 or 4) => new TimeStep(TimePart.MonthName, 0, count),
            ('d', 1 or 2) => new TimeStep(TimePart.Day, count, 2),
            ('E', <= 4) => new TimeStep(TimePart.DayName, 0, count == 4 ? 4 : 3),
            ('H', 1 or 2) => new TimeStep(TimePart.Hour, count, 2),
            ('h', 1 or 2) => new TimeStep(TimePart.HalfHour, count, 2),
            ('a', 1) => new TimeStep(TimePart.HalfDay),
            ('m', 1 or 2) => new TimeStep(TimePart.Minute, count, 2),
            ('s', 1 or 2) => new TimeStep(TimePart.Second, count, 2),
            ('S', <= 9) => new TimeStep(TimePart.Fraction, count, count),
            ('X', <= 3) => new TimeStep(TimePart.Offset, 1, count),
            ('x', <= 3) => new TimeStep(TimePart.Offset, 0, count),
            ('Z', <= 3) => new TimeStep(TimePart.Offset, 0, 2),
            ('Z', 5) => new TimeStep(TimePart.Offset, 1, 3),
            _ => null,
        };
        if (step is null)
        {
            wrong = $"The letters {new string(letter, Math.Min(count, 6))} are not supported in a pattern.";
        }

        return step ?? new TimeStep(TimePart.Literal, Text: []);
    }
}
