using System.Buffers;
using System.Globalization;

using Flyball.Engine.Problems;

namespace Flyball.Registry.Gates;

/// <summary>
/// Grammar: <c>["slice(" expression "):"] metric (">=" | ">" | "&lt;=" | "&lt;") (amount | "champion" [("+" | "-") amount])</c>,
/// an amount being a number with an optional <c>%</c>, or a number with <c>us</c>, <c>ms</c> or <c>s</c>.
/// </summary>
internal sealed class GateParser(string text, ProblemLocation? where)
{
    private const string Form = "Write it as 'metric >= 0.5', 'metric >= champion - 0.005' or 'slice(expression): metric >= 0.5'.";
    private const string SliceWord = "slice(";

    private static readonly (string Sign, GateComparison Comparison)[] Signs =
    [
        (">=", GateComparison.AtLeast),
        ("<=", GateComparison.AtMost),
        (">", GateComparison.Above),
        ("<", GateComparison.Below),
    ];

    private static readonly SearchValues<char> Letters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    private Problem? problem;

    public GateDefinition? Read(out Problem? refused)
    {
        var gate = Read();
        refused = problem;
        return gate;
    }

    private GateDefinition? Read()
    {
        var rest = text.AsSpan().Trim();
        string? slice = null;
        if (rest.StartsWith(SliceWord, StringComparison.Ordinal))
        {
            var end = EndOfSlice(rest);
            if (end < 0 || !rest[(end + 1)..].TrimStart().StartsWith(':'))
            {
                return Refuse("FLY1154", "The slice has no closing parenthesis with a colon after it.", Form);
            }

            slice = rest[SliceWord.Length..end].Trim().ToString();
            if (slice.Length == 0)
            {
                return Refuse("FLY1154", "The slice has no expression.", "Name the rows, as in slice(amount >= 200).");
            }

            rest = rest[(end + 1)..].TrimStart()[1..].TrimStart();
        }

        var nameLength = rest.IndexOfAnyExcept(Letters);
        nameLength = nameLength < 0 ? rest.Length : nameLength;
        var name = rest[..nameLength].ToString();
        rest = rest[nameLength..].TrimStart();
        if (name.Length == 0)
        {
            return Refuse("FLY1150", $"'{text}' does not begin with a metric.", Form);
        }

        if (!GateMetric.All.TryGetValue(name, out var metric))
        {
            var near = Nearest(name);
            return Refuse("FLY1151", $"There is no metric '{name}'.", near is null ? $"Known are {string.Join(", ", GateMetric.All.Keys.Order(StringComparer.Ordinal))}." : $"Did you mean '{near}'?");
        }

        foreach (var (sign, comparison) in Signs)
        {
            if (rest.StartsWith(sign, StringComparison.Ordinal))
            {
                return ReadBound(metric, comparison, slice, rest[sign.Length..].TrimStart());
            }
        }

        return Refuse("FLY1150", $"After '{name}' a comparison was expected.", Form);
    }

    private GateDefinition? ReadBound(GateMetric metric, GateComparison comparison, string? slice, ReadOnlySpan<char> rest)
    {
        if (metric.HigherIsBetter is { } higher && higher != (comparison is GateComparison.AtLeast or GateComparison.Above))
        {
            return Refuse(
                "FLY1153",
                $"The gate asks for a {metric.Name} {(higher ? "below" : "above")} a bound, and a {(higher ? "higher" : "lower")} one is better.",
                $"Write {(higher ? ">=" : "<=")}.");
        }

        if (metric.Kind == GateMetricKind.Duration && slice is not null)
        {
            return Refuse("FLY1152", $"{metric.Name} is measured over all rows, not over a slice.", Form);
        }

        const string champion = "champion";
        if (!rest.StartsWith(champion, StringComparison.Ordinal))
        {
            return ReadAmount(metric, rest, isMargin: false) is { } value
                ? new(metric, comparison, new(false, value), slice, text)
                : null;
        }

        rest = rest[champion.Length..].Trim();
        if (rest.IsEmpty)
        {
            return new(metric, comparison, new(true, 0), slice, text);
        }

        if (rest[0] is not ('+' or '-'))
        {
            return Refuse("FLY1150", "After 'champion' only + or - and a margin may stand.", Form);
        }

        return ReadAmount(metric, rest[1..], isMargin: true) is { } margin
            ? new(metric, comparison, new(true, rest[0] == '-' ? -margin : margin), slice, text)
            : null;
    }

    private double? ReadAmount(GateMetric metric, ReadOnlySpan<char> written, bool isMargin)
    {
        written = written.Trim();
        var unitAt = written.LastIndexOfAnyInRange('0', '9') + 1;
        var unit = written[unitAt..].Trim().ToString();
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!double.TryParse(written[..unitAt], style, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
        {
            Refuse("FLY1150", $"'{written}' is not a number.", Form);
            return null;
        }

        if (isMargin && (number < 0 || written[0] is '+' or '-'))
        {
            Refuse("FLY1152", "A margin has no sign of its own.", "Write champion - 0.005 or champion + 0.005.");
            return null;
        }

        var scaled = (metric.Kind, unit) switch
        {
            (GateMetricKind.Duration, "us") => number,
            (GateMetricKind.Duration, "ms") => number * 1_000,
            (GateMetricKind.Duration, "s") => number * 1_000_000,
            (not GateMetricKind.Duration, "") => number,

            // Of the champion's figure, or points? Nobody can tell, so a margin is never a percentage.
            (GateMetricKind.Share, "%") when !isMargin => number / 100,
            _ => double.NaN,
        };
        if (double.IsNaN(scaled))
        {
            Refuse("FLY1152", $"'{written}' is not an amount of {metric.Name}.", metric.Kind == GateMetricKind.Duration ? "Give a time, such as 5ms." : "Give a plain number, such as 0.02.");
            return null;
        }

        var inRange = metric.Kind switch
        {
            GateMetricKind.Share => scaled is >= 0 and <= 1,
            GateMetricKind.Duration => scaled >= 0,
            _ => true,
        };
        if (!inRange)
        {
            Refuse("FLY1152", $"{metric.Name} is never {written}.", metric.Kind == GateMetricKind.Share ? "Give a number from 0 to 1." : "Give a time of zero or more.");
            return null;
        }

        return scaled;
    }

    /// <summary>Index of the parenthesis that closes the slice, parentheses and quoted text inside skipped; -1 without one.</summary>
    private static int EndOfSlice(ReadOnlySpan<char> rest)
    {
        var (depth, quoted) = (0, false);
        for (var i = SliceWord.Length - 1; i < rest.Length; i++)
        {
            if (rest[i] == '\'')
            {
                quoted = !quoted;
            }
            else if (!quoted)
            {
                depth += rest[i] switch { '(' => 1, ')' => -1, _ => 0 };
                if (depth == 0)
                {
                    return i;
                }
            }
        }

        return -1;
    }

    private GateDefinition? Refuse(string code, string message, string remedy)
    {
        problem = new(code, message, where, remedy);
        return null;
    }

    /// <summary>The metric whose name takes the fewest changes, when they are few against its length.</summary>
    private static string? Nearest(string name)
    {
        var near = GateMetric.All.Keys.Select(k => (Name: k, Changes: Changes(name, k))).MinBy(k => (k.Changes, k.Name));
        return near.Changes <= Math.Max(2, near.Name.Length / 3) ? near.Name : null;
    }

    /// <summary>Levenshtein's distance, one row of the table at a time.</summary>
    private static int Changes(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (char.ToLowerInvariant(a[i - 1]) == b[j - 1] ? 0 : 1));
                diagonal = row[j];
                row[j] = change;
            }
        }

        return row[^1];
    }
}
