using System.Globalization;
using CsvHelper;

namespace Flyball.Contracts.Inference;

/// <summary>
/// CSV or TSV. The first row is the header unless it cannot be one: a header has no empty field and none that is a number, a time, or looks like a person's: what stands in a header is shown.
/// </summary>
internal sealed class DelimitedRecords : RecordFile
{
    private const int LongestRecord = 1 << 20;

    private readonly string name;
    private readonly Stream stream;
    private readonly CsvReader reader;
    private readonly List<string>? firstRow;
    private bool isFirst = true;

    private DelimitedRecords(string name, Stream stream, CsvReader reader)
    {
        (this.name, this.stream, this.reader) = (name, stream, reader);
        if (!Guard(name, reader.Read))
        {
            throw Unusable(name, "The file is empty.");
        }

        if (reader.FieldCount > MostColumns)
        {
            throw Unusable(name, $"The file has {reader.FieldCount} columns, and a contract at most {MostColumns}.");
        }

        List<string> first = [.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetString(i).Trim().TrimStart('\uFEFF'))];
        if (first.Exists(f => f.Length == 0 || ColumnObservation.IsPersonal(f) || WrittenNumber.TryRead(f, out _, out _, out _) || WrittenTime.FormsOf(f).Count > 0))
        {
            firstRow = first;
            Columns = [.. Enumerable.Range(1, first.Count).Select(i => string.Create(CultureInfo.InvariantCulture, $"column_{i}"))];
        }
        else
        {
            Columns = first;
        }
    }

    public override IReadOnlyList<string> Columns { get; }

    public override bool HasHeader => firstRow is null;

    public static DelimitedRecords Open(Stream stream, string name, char separator)
    {
        var options = new CsvReaderOptions { Separator = separator, HasHeader = false, MaxRecordSize = LongestRecord, IncludeValuesInExceptions = false };
        return new DelimitedRecords(name, stream, CsvReader.Create(stream, options, leaveOpen: true));
    }

    public override bool Next(List<Cell> row)
    {
        row.Clear();
        if (isFirst && firstRow is not null)
        {
            isFirst = false;
            row.AddRange(firstRow.Select(Of));
            return true;
        }

        isFirst = false;
        if (!Guard(name, reader.Read))
        {
            return false;
        }

        RaggedRows += reader.FieldCount == Columns.Count ? 0 : 1;
        for (var i = 0; i < Columns.Count; i++)
        {
            row.Add(i < reader.FieldCount ? Of(reader.GetString(i)) : Cell.Absent);
        }

        return true;
    }

    public override void Dispose()
    {
        reader.Dispose();
        stream.Dispose();
    }

    private static Cell Of(string text) => text.Length == 0 ? Cell.Absent : new Cell(CellKind.Untyped, text);
}
