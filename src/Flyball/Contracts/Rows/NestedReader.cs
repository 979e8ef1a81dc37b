using System.Text.Json;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Rows;

/// <summary>
/// Reads a nested value: checks what the contract says of its inner values and gives its canonical JSON text, the one form that is stored. That text has
/// sorted names, no white space, no null members, numbers in shortest form and times in UTC, so equal values are equal texts.
/// </summary>
internal static class NestedReader
{
    [ThreadStatic]
    private static NestedWriter? writerOfThread;

    /// <summary>Reads the value the reader stands on and leaves the reader at its end; problems are added, each with the path of its value.</summary>
    /// <param name="field">A nested column.</param>
    /// <param name="reader">Stands on the value, which is not null.</param>
    /// <param name="stored">The value was accepted before: it is taken as it is.</param>
    /// <param name="problems">Gets what is wrong.</param>
    /// <param name="value">The canonical text; null when something is wrong.</param>
    /// <exception cref="JsonException">The JSON is broken.</exception>
    public static bool Read(FieldPlan field, ref Utf8JsonReader reader, bool stored, RowProblems problems, out Value value)
    {
        value = default;
        var start = reader.TokenStartIndex;
        using var document = JsonDocument.ParseValue(ref reader);
        if (stored)
        {
            value = Value.FromText(document.RootElement.GetRawText());
            return true;
        }

        if (reader.BytesConsumed - start > RowReader.LongestText)
        {
            problems.Add(field.Problems.TooLong);
            return false;
        }

        var before = problems.Count;
        try
        {
            var text = (writerOfThread ??= new NestedWriter()).Write(field, document.RootElement, problems);
            if (problems.Count == before)
            {
                value = Value.FromText(text);
                return true;
            }
        }
        catch (InvalidOperationException)
        {
            // What the document throws for a lone surrogate in a text or a name.
            problems.Add(field.Problems.Unstorable);
            writerOfThread = null;
        }

        return false;
    }

    /// <summary>Reads the text of a delimited file as JSON; of several problems inside it the first is returned.</summary>
    public static Problem? ReadText(FieldPlan field, ReadOnlySpan<byte> text, out Value value)
    {
        value = default;
        if (text.Length > RowReader.LongestText)
        {
            return field.Problems.TooLong;
        }

        var problems = new RowProblems();
        var reader = new Utf8JsonReader(text, RowReader.Options);
        try
        {
            if (!reader.Read() || !Read(field, ref reader, stored: false, problems, out value) || !reader.Read())
            {
                return problems.Count > 0 ? problems.ToList()[0] : null;
            }
        }
        catch (JsonException)
        {
            // Not JSON, or more than one value.
        }

        value = default;
        return field.Problems.WrongType;
    }
}
