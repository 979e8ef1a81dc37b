using System.Buffers;

using Flyball.Engine.Problems;

namespace Flyball.Registry.Gates;

/// <summary>
/// Grammar: <c>gate = "test(" name ")" | [rows ":"] measure sign bound</c>,
/// <c>rows = "slice(" expression ")" | "slices(" column {"," column} ")"</c>,
/// <c>measure = metric | "lower(" metric ")" | "upper(" metric ")"</c>, <c>metric = name ["(" number {"," number} ")"]</c>,
/// <c>bound = amount | ("champion" | "previous" | "baseline") [("+" | "-") amount]</c>;
/// an amount is read by <see cref="GateAmount"/>.
/// </summary>
internal sealed class GateParser(string text, ProblemLocation? where)
{
    private const string Form = "Write it as 'metric >= 0.5', 'metric >= champion - 0.005' or 'slice(expression): metric >= 0.5'.";
    private const string SliceWord = "slice(";
    private const string CellsWord = "slices(";
    private const string TestWord = "test";
    private const int MostColumns = 3;

    private static readonly (string Sign, GateComparison Comparison)[] Signs =
    [
        (">=", GateComparison.AtLeast),
        ("<=", GateComparison.AtMost),
        (">", GateComparison.Above),
        ("<", GateComparison.Below),
    ];

    private static readonly (string Word, GateReference Reference)[] References =
        [("champion", GateReference.Champion), ("previous", GateReference.Previous), ("baseline", GateReference.Baseline)];

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
        string[] cells = [];
        if (rest.StartsWith(SliceWord, StringComparison.Ordinal))
        {
            slice = ReadRows(ref rest, SliceWord, "The slice", "has no expression", "Name the rows, as in slice(amount >= 200).");
        }
        else if (rest.StartsWith(CellsWord, StringComparison.Ordinal))
        {
            cells = ReadRows(ref rest, CellsWord, "The list of columns", "is empty", "Name the columns, as in slices(country, channel).") is { } columns
                ? [.. columns.Split(',').Select(c => c.Trim())]
                : [];
            if (problem is null && (cells.Length > MostColumns || cells.Any(c => c.Length == 0 || c.AsSpan().ContainsAnyExcept(Letters)) || cells.Distinct(StringComparer.Ordinal).Count() < cells.Length))
            {
                return Refuse("FLY1154", $"slices() takes one to {MostColumns} different columns.", "Name the columns, as in slices(country, channel).");
            }
        }

        return problem is not null ? null : ReadMeasure(rest) is { } gate ? gate with { Slice = slice ?? gate.Slice, Cells = cells } : null;

        GateDefinition? ReadMeasure(ReadOnlySpan<char> from) => ReadFigure(from, slice is not null || cells.Length > 0);
    }

    private string? ReadRows(ref ReadOnlySpan<char> rest, string word, string what, string empty, string remedy)
    {
        var end = EndOf(rest, word.Length - 1);
        if (end < 0 || !rest[(end + 1)..].TrimStart().StartsWith(':'))
        {
            Refuse("FLY1154", $"{what} has no closing parenthesis with a colon after it.", Form);
            return null;
        }

        var inside = rest[word.Length..end].Trim().ToString();
        if (inside.Length == 0)
        {
            Refuse("FLY1154", $"{what} {empty}.", remedy);
            return null;
        }

        rest = rest[(end + 1)..].TrimStart()[1..].TrimStart();
        return inside;
    }

    private GateDefinition? ReadFigure(ReadOnlySpan<char> rest, bool ofRows)
    {
        var name = Word(rest);
        if (name.Length == 0)
        {
            return Refuse("FLY1150", $"'{text}' does not begin with a metric.", Form);
        }

        var inside = rest[name.Length..].TrimStart();
        var end = inside.StartsWith('(') ? EndOf(inside, 0) : -1;
        if (inside.StartsWith('(') && end < 0)
        {
            return Refuse("FLY1150", $"The parenthesis after '{name}' is not closed.", Form);
        }

        var after = end < 0 ? inside : inside[(end + 1)..].TrimStart();
        if (name is TestWord && end > 0)
        {
            return ReadTest(inside[1..end].Trim(), after, ofRows);
        }

        var edge = name switch { "lower" => GateEdge.Lower, "upper" => GateEdge.Upper, _ => GateEdge.Figure };
        var written = edge != GateEdge.Figure && end > 0 ? inside[1..end].Trim().ToString() : end < 0 ? name.ToString() : $"{name}{inside[..(end + 1)]}";
        if (Metric(written) is not { } metric)
        {
            return null;
        }

        foreach (var (sign, comparison) in Signs)
        {
            if (after.StartsWith(sign, StringComparison.Ordinal))
            {
                return ReadBound(metric, (comparison, edge, ofRows), after[sign.Length..].TrimStart());
            }
        }

        return Refuse("FLY1150", $"After '{written}' a comparison was expected.", Form);
    }

    private GateDefinition? ReadTest(ReadOnlySpan<char> test, ReadOnlySpan<char> after, bool ofRows)
    {
        if (test.IsEmpty || test.ContainsAnyExcept(Letters))
        {
            return Refuse("FLY1150", "test() names one model test.", "Write it as test(golden_set).");
        }

        return !after.IsEmpty || ofRows
            ? Refuse("FLY1150", "A test passes or not: nothing is compared, and no slice is cut.", "Write it as test(golden_set).")
            : new GateDefinition(GateMetric.All[GateMetric.FailedTests], GateComparison.AtMost, new(GateReference.None, 0), null, text) { Test = test.ToString() };
    }

    private GateMetric? Metric(string written)
    {
        var name = Word(written).ToString();
        if (GateMetric.Find(name, written, out var refusal) is { } metric)
        {
            return metric;
        }

        if (refusal is not null)
        {
            Refuse("FLY1152", $"'{written}' cannot be measured: {refusal}.", "The page of metrics names the parameters of each.");
            return null;
        }

        var near = NearestMetric.Of(name);
        Refuse("FLY1151", $"There is no metric '{name}'.", near is null ? $"Known are {string.Join(", ", GateMetric.All.Keys.Order(StringComparer.Ordinal))}." : $"Did you mean '{near}'?");
        return null;
    }

    private GateDefinition? ReadBound(GateMetric metric, (GateComparison Comparison, GateEdge Edge, bool OfRows) how, ReadOnlySpan<char> rest)
    {
        var upwards = how.Comparison is GateComparison.AtLeast or GateComparison.Above;
        if (metric.HigherIsBetter is { } higher && higher != upwards)
        {
            return Refuse(
                "FLY1153",
                $"The gate asks for a {metric.Name} {(higher ? "below" : "above")} a bound, and a {(higher ? "higher" : "lower")} one is better.",
                $"Write {(higher ? ">=" : "<=")}.");
        }

        if (metric.OfRows is null && (how.OfRows || how.Edge != GateEdge.Figure))
        {
            return Refuse("FLY1152", $"{metric.Name} is one figure of the version: it has no slice and no interval.", Form);
        }

        if (how.Edge != GateEdge.Figure && (how.Edge == GateEdge.Lower) != upwards)
        {
            return Refuse("FLY1152", "The kinder end of an interval proves nothing.", "Write lower(metric) >= x, or upper(metric) <= x.");
        }

        return Against(rest, out var behind) is var reference and not GateReference.None
            ? ReadRelative(metric, how, reference, behind)
            : Amount(metric, rest, isMargin: false) is { } value
                ? new(metric, how.Comparison, new(GateReference.None, value), null, text) { Edge = how.Edge }
                : null;
    }

    private GateDefinition? ReadRelative(GateMetric metric, (GateComparison Comparison, GateEdge Edge, bool OfRows) how, GateReference reference, ReadOnlySpan<char> rest)
    {
        if (how.Edge != GateEdge.Figure)
        {
            return Refuse("FLY1152", "A comparison with another version is made on a bound of the difference already.", "Leave lower() or upper() out.");
        }

        if (rest.IsEmpty)
        {
            return new(metric, how.Comparison, new(reference, 0), null, text);
        }

        if (rest[0] is not ('+' or '-'))
        {
            return Refuse("FLY1150", $"After '{reference.ToString().ToLowerInvariant()}' only + or - and a margin may stand.", Form);
        }

        return Amount(metric, rest[1..], isMargin: true) is { } margin
            ? new(metric, how.Comparison, new(reference, rest[0] == '-' ? -margin : margin), null, text)
            : null;
    }

    private static GateReference Against(ReadOnlySpan<char> rest, out ReadOnlySpan<char> behind)
    {
        foreach (var (word, reference) in References)
        {
            if (rest.StartsWith(word, StringComparison.Ordinal))
            {
                behind = rest[word.Length..].Trim();
                return reference;
            }
        }

        behind = rest;
        return GateReference.None;
    }

    private double? Amount(GateMetric metric, ReadOnlySpan<char> written, bool isMargin)
    {
        if (GateAmount.Read(metric, written, isMargin, out var refused) is { } amount)
        {
            return amount;
        }

        Refuse(refused.Code, refused.Message, refused.Remedy ?? Form);
        return null;
    }

    private static ReadOnlySpan<char> Word(ReadOnlySpan<char> from)
    {
        var length = from.IndexOfAnyExcept(Letters);
        return length < 0 ? from : from[..length];
    }

    /// <summary>Index of the parenthesis that closes the one at a place, parentheses and quoted text inside skipped; -1 without one.</summary>
    private static int EndOf(ReadOnlySpan<char> rest, int open)
    {
        var (depth, quoted) = (0, false);
        for (var i = open; i < rest.Length; i++)
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
}
