using System.Text.Json;

namespace Flyball.Contracts.Rows;

/// <summary>The column of known-at that JSON rows have beside those of their contract. Not thread-safe: it keeps what the present row held.</summary>
/// <param name="column">The column.</param>
/// <param name="isRequired">Each row has it.</param>
internal sealed class BesideColumn(KnownAtColumn column, bool isRequired)
{
    private bool isSeen;

    /// <summary>What it held in the row just read; null when it was absent or no time.</summary>
    public long? Micros { get; private set; }

    /// <summary>For the next row.</summary>
    public void Reset() => (Micros, isSeen) = (null, false);

    /// <summary>Whether the name the reader stands at is this column's.</summary>
    public bool Is(ref Utf8JsonReader reader) => reader.ValueIsEscaped
        ? string.Equals(ColumnNames.NameOf(ref reader), column.Name, StringComparison.Ordinal)
        : reader.ValueSpan.SequenceEqual(column.Utf8Name);

    /// <summary>Reads the value behind the name.</summary>
    public void Read(ref Utf8JsonReader reader, RowProblems problems)
    {
        reader.Read();
        if (isSeen)
        {
            problems.Add(column.Problems.Duplicate);
            reader.Skip();
            return;
        }

        isSeen = true;
        if (reader.TokenType == JsonTokenType.Null && column.IsOptional)
        {
            return;
        }

        if (reader.TokenType == JsonTokenType.String && Rfc3339.TryRead(reader.ValueSpan, out var micros))
        {
            Micros = micros;
            return;
        }

        problems.Add(reader.TokenType switch
        {
            JsonTokenType.Null => column.Problems.Null,
            JsonTokenType.String => column.Problems.TimeForm,
            _ => column.Problems.WrongType,
        });
        reader.Skip();
    }

    /// <summary>At the end of a row.</summary>
    public void CheckPresence(RowProblems problems)
    {
        if (isRequired && !isSeen)
        {
            problems.Add(column.Problems.Missing);
        }
    }
}
