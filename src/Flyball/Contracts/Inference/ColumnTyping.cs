namespace Flyball.Contracts.Inference;

/// <summary>
/// Chooses a column's type.
/// <list type="number">
/// <item>The narrowest of boolean, integer, number, date and timestamp that every value has; otherwise string.</item>
/// <item>A type that misses at most one value in ten thousand rows is drafted all the same, while all such misses together stay below five in
/// ten thousand: a few slips do not make a text of a measure. They are named.</item>
/// <item>What two readings fit, such as 03/04/2020, stays a string, and a code with a leading zero too.</item>
/// </list>
/// </summary>
internal sealed class ColumnTyping(long rows)
{
    private const double MostOfColumn = 0.0001;
    private const double MostOfFile = 0.0005;

    private long spent;

    public (string LogicalType, WrittenTime? Time, string? Format, long Misfits) Choose(ColumnObservation column)
    {
        var n = column.Present;
        if (n == 0 || column.Nested > 0)
        {
            return ("string", null, null, 0);
        }

        if (column.Booleans == n)
        {
            return ("boolean", null, null, 0);
        }

        if (column.Numeric > 0 && column.LeadingZeros == 0)
        {
            var isWhole = column.Wholes == column.Numeric && column.Pointed == 0;
            if (Holds(n - (isWhole ? column.Wholes : column.Numbers)) is { } odd)
            {
                return (isWhole ? "integer" : "number", null, null, odd);
            }
        }

        return ChooseTime(column, n);
    }

    private (string LogicalType, WrittenTime? Time, string? Format, long Misfits) ChooseTime(ColumnObservation column, long n)
    {
        var forms = column.Times.OrderByDescending(t => t.Value).ThenBy(t => t.Key.Format, StringComparer.Ordinal).ToList();
        if (forms.Count == 0)
        {
            return ("string", null, null, 0);
        }

        // The most frequent form, together with the same form at another length of its fraction.
        var (form, count) = forms[0];
        var like = forms.Where(f => f.Key.IsLike(form)).ToList();
        var longest = like.MaxBy(f => f.Key.FractionDigits).Key;
        var isMixed = like.Count == 2 && like.Exists(f => f.Key.FractionDigits == 0);
        if (isMixed || form.IsPlain)
        {
            count = like.Sum(f => f.Value);
        }

        var isAmbiguous = forms.Skip(1).Any(f => f.Value == forms[0].Value && !f.Key.IsLike(form));
        if (isAmbiguous || Holds(n - count) is not { } odd)
        {
            return ("string", null, null, 0);
        }

        var chosen = isMixed ? longest : form;
        var format = form.IsPlain ? null : isMixed ? longest.FormatWithOptionalFraction : form.Format;
        return (form.IsDate ? "date" : "timestamp", chosen, form.IsDate && form.IsPlain ? null : format, odd);
    }

    /// <summary>The misfits when there are few enough to draft the type all the same; else null.</summary>
    private long? Holds(long misfits)
    {
        if (misfits > 0 && (misfits > rows * MostOfColumn || spent + misfits > rows * MostOfFile))
        {
            return null;
        }

        spent += misfits;
        return misfits;
    }
}
