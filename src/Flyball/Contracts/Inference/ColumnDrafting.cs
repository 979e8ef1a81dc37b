using System.Globalization;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;

namespace Flyball.Contracts.Inference;

/// <summary>Drafts one column from what was seen in it, and says what a reader should look at.</summary>
internal sealed class ColumnDrafting(long rows, ColumnTyping typing)
{
    private const int MostAllowed = 50;
    private const int LeastTimes = 20;

    public ColumnDraft Draft(ColumnObservation seen, string name)
    {
        var (type, time, format, misfits) = typing.Choose(seen);
        var findings = new List<InferredFinding>();
        var personal = PersonalSigns.Of(seen);
        var isNumeric = type is "integer" or "number";
        var (minimum, maximum, reason) = isNumeric && personal is null ? RangeWidening.Of(seen, type == "integer", IsIdentifier(seen)) : default;
        var draft = new ColumnDraft
        {
            Seen = seen,
            Name = name,
            LogicalType = type,
            IsRequired = seen.Present == rows,
            Misfits = misfits,
            Time = time,
            TimeFormat = format,
            Minimum = minimum,
            Maximum = maximum,
            RangeReason = reason,
            Allowed = type == "string" && personal is null ? AllowedOf(seen) : [],
            Personal = personal,
            Pattern = type == "string" && personal is null && IsNumberOrBlank(seen) ? "^\\s*([+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?)?\\s*$" : null,
        };
        FindTypeTraps(draft, findings);
        FindValueTraps(draft, findings);
        return draft with { Findings = findings };
    }

    /// <summary>Whether a column identifies something: its values do not measure, whatever they look like.</summary>
    private static bool IsIdentifier(ColumnObservation seen) =>
        PersonalSigns.WordsOf(seen.Name) is [.., "id" or "key" or "uuid" or "code" or "zip" or "zipcode" or "number" or "instant"] || (seen.IsUnique && seen.Wholes == seen.Present && seen.Present > LeastTimes);

    /// <summary>A closed list: all values are known, few, each seen often on average, and hardly any seen once.</summary>
    private static IReadOnlyList<string> AllowedOf(ColumnObservation seen)
    {
        var values = seen.Frequent.ToList();
        var isClosed = seen.Frequent.Error == 0 && values.Count is >= 2 and <= MostAllowed && seen.Present / values.Count >= LeastTimes
            && values.Count(v => v.Count == 1) * 10 <= values.Count && seen.Nested == 0 && !PersonalSigns.AreNames(seen);
        return isClosed ? [.. values.Select(v => v.Value.AsText).Order(StringComparer.Ordinal)] : [];
    }

    private static bool IsNumberOrBlank(ColumnObservation seen) =>
        seen.Blanks > 0 && seen.Numeric > 0 && seen.Numeric + seen.Blanks == seen.Present && seen.LeadingZeros == 0;

    private void FindTypeTraps(ColumnDraft draft, List<InferredFinding> findings)
    {
        var seen = draft.Seen;
        if (seen.Present == 0)
        {
            Add("empty", "The column has no value: its type is a guess.");
            return;
        }

        if (draft.LogicalType == "string" && IsNumberOrBlank(seen))
        {
            Add("blanks", $"{Count(seen.Blanks)} of {Count(rows)} values are blank, of white space alone; all others are numbers{RangeText(draft)}. Drafted as a string so that no row is lost: make blanks empty at the source, then declare a number.");
        }
        else if (draft.LogicalType == "string" && seen.Numeric < seen.Present && seen.Numeric * 2 > seen.Present)
        {
            Add("mixed-types", $"{Count(seen.Numeric)} values are numbers and {Count(seen.Present - seen.Numeric)} are not: drafted as a string.");
        }
        else if (draft.LogicalType == "string" && seen.LeadingZeros > 0 && seen.Numeric == seen.Present)
        {
            Add("leading-zeros", $"{Count(seen.LeadingZeros)} numbers begin with a zero that a number would lose: drafted as a string.");
        }

        if (draft.LogicalType == "string" && seen.Times.Count > 0)
        {
            var forms = string.Join(", ", seen.Times.OrderByDescending(t => t.Value).ThenBy(t => t.Key.Format, StringComparer.Ordinal).Take(4).Select(t => $"{t.Key.Format} ({Count(t.Value)})"));
            Add("mixed-times", $"Dates or times that no one form fits without doubt: {forms}. Drafted as a string: agree on one form.");
        }

        if (draft.Misfits > 0)
        {
            Add("misfits", $"{Count(draft.Misfits)} of {Count(rows)} values are no {draft.LogicalType} and will be put into quarantine.");
        }

        if (draft.LogicalType == "number" && seen.Wholes == seen.Numeric)
        {
            Add("whole-numbers", "All numbers are whole though some have a point: perhaps whole numbers that a missing value turned into fractions.");
        }

        if (draft.TimeFormat is not null && draft.Time is { Offset.Length: 0 } && draft.LogicalType == "timestamp")
        {
            Add("no-offset", "The times have no offset; UTC is drafted. State the zone they were written in.");
        }

        if (seen.Nested > 0)
        {
            Add("nested", $"{Count(seen.Nested)} values are lists or objects, which a column of an event does not hold: drafted as a string, flatten them.");
        }

        void Add(string kind, string message) => findings.Add(new InferredFinding(draft.Name, kind, message));
    }

    private void FindValueTraps(ColumnDraft draft, List<InferredFinding> findings)
    {
        var seen = draft.Seen;
        if (draft.Personal is { } why)
        {
            Add("personal", $"Likely personal: {why}. Nothing of its values is in this draft; check the classification.");
        }

        if (seen.Present == 0)
        {
            return;
        }

        if (draft is { Personal: null, LogicalType: "string" } && PersonalSigns.AreNames(seen))
        {
            Add("names", "Its values could be names of people, or of places: no list of them is drafted. Check the classification, or list them yourself.");
        }

        var share = (rows - seen.Present) / (double)rows;
        if (share > 0)
        {
            Add("nulls", $"{Count(rows - seen.Present)} of {Count(rows)} rows have no value ({share.ToString("P2", CultureInfo.InvariantCulture)}).");
        }

        if (seen.Distinct is { IsExact: true, Estimate: 1 } && seen.Present > 1)
        {
            Add("constant", "Every value is the same: it tells a model nothing, and no range can be learned from it.");
        }

        if (seen.Nullish > 0)
        {
            Add("null-words", $"{Count(seen.Nullish)} values are words that often mean no value, such as NA or ?: they are taken for values.");
        }

        if (seen.Padded > 0)
        {
            Add("padding", $"{Count(seen.Padded)} values have white space at an end, which counts.");
        }

        if (seen.Blanks > 0 && !findings.Exists(f => f.Kind == "blanks"))
        {
            Add("blanks", $"{Count(seen.Blanks)} values are of white space alone.");
        }

        if (draft.Personal is null && draft.Minimum is not null && seen.Quantiles.Count >= 1000)
        {
            var (middle, high) = (seen.Quantiles.Quantiles(0.5)[0], seen.Quantiles.Quantiles(0.99)[0]);
            if (high > middle && seen.Max - middle > 20 * (high - middle))
            {
                Add("outliers", $"The largest value, {Number(seen.Max)}, lies more than 20 times as far from the median as 99 % of the values do: perhaps an error.");
            }
        }

        void Add(string kind, string message) => findings.Add(new InferredFinding(draft.Name, kind, message));
    }

    private static string RangeText(ColumnDraft draft) =>
        draft.Personal is null ? $" from {Number(draft.Seen.Min)} to {Number(draft.Seen.Max)}" : "";

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    public static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>What was seen, in a sentence for the column's description.</summary>
    public static string Describe(ColumnDraft draft)
    {
        var seen = draft.Seen;
        if (draft.Personal is not null || seen.Present == 0)
        {
            return seen.Present == 0 ? "No value seen." : "Likely personal.";
        }

        var distinct = seen.IsUnique ? "all different" : $"{(seen.Distinct.IsExact ? "" : "about ")}{Count(seen.Distinct.Estimate)} different";
        return draft.LogicalType switch
        {
            "integer" or "number" => $"Seen: {Number(seen.Min)} to {Number(seen.Max)}, median {Number(seen.Quantiles.Quantiles(0.5)[0])}, {distinct}.",
            "date" or "timestamp" => $"Seen: {new EventTime(seen.FirstTime)} to {new EventTime(seen.LastTime)}, {distinct}.",
            _ => $"Seen: {distinct}, {Count(seen.Shortest)} to {Count(seen.Longest)} characters.",
        };
    }

    /// <summary>The value of a cell under a draft; null for none and for a misfit.</summary>
    public static Value Read(ColumnDraft draft, Cell cell)
    {
        if (cell.Text is not { } text)
        {
            return Value.Null;
        }

        switch (draft.LogicalType)
        {
            case "boolean":
                return Value.FromBoolean(text.Equals("true", StringComparison.OrdinalIgnoreCase));
            case "integer":
                return WrittenNumber.TryRead(text, out _, out var whole, out _) && whole is { } w ? Value.FromInteger(w) : Value.Null;
            case "number":
                return WrittenNumber.TryRead(text, out var number, out _, out _) ? Value.FromNumber(number) : Value.Null;
            case "date" or "timestamp":
                var form = WrittenTime.FormsOf(text).FirstOrDefault(f => f.IsLike(draft.Time!));
                return form is not null && form.TryRead(text, out var micros) ? Value.FromTimestamp(micros) : Value.Null;
            default:
                return Value.FromText(text);
        }
    }
}
