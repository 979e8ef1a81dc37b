using System.Globalization;
using Flyball.Contracts.Inference;
using Flyball.Native.DuckDb;

namespace Flyball.Features.History;

/// <summary>
/// Reads the file of a spine into its table: CSV or TSV (also .gz) as texts, JSON lines (also .gz) with the types that all values of a column
/// share, Parquet with its own.
/// </summary>
internal static class SpineFile
{
    /// <param name="path">Where the file lies; its ending says its form.</param>
    /// <param name="directory">The run's folder, which holds it.</param>
    /// <param name="options">Threads and memory.</param>
    public static SpineTable Open(string path, string directory, HistoryOptions options)
    {
        var name = Path.GetFileName(path);
        if (name.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase))
        {
            return Guard(name, () => SpineTable.Create(
                name, directory, false, options, db => db.Execute($"CREATE TABLE spine AS SELECT * FROM read_parquet({SpineTable.Text(path)})")));
        }

        var isLines = name.Contains(".ndjson", StringComparison.OrdinalIgnoreCase) || name.Contains(".jsonl", StringComparison.OrdinalIgnoreCase);
        var columns = isLines ? Typed(path) : [];
        return Guard(name, () => SpineTable.Create(name, directory, !isLines, options, db => Fill(db, path, columns)));
    }

    private static SpineTable Guard(string name, Func<SpineTable> open)
    {
        try
        {
            return open();
        }
        catch (DuckDbException e)
        {
            throw HistoryProblems.Unreadable(name, "The spine cannot be read into a table: it is damaged, or two of its columns differ in case alone.", e.Message.Contains("Parquet", StringComparison.Ordinal) ? "Write the Parquet file again." : null);
        }
    }

    private static void Fill(DuckDbConnection db, string path, List<(string Name, string Type)> typed)
    {
        var name = Path.GetFileName(path);
        using var file = RecordFile.Open(path);
        if (!file.HasHeader)
        {
            throw HistoryProblems.Unreadable(name, "The first row of the spine is not a header.", "Write the names of the columns into the first row.");
        }

        var columns = typed.Count > 0 ? typed : [.. file.Columns.Select(c => (c, "VARCHAR"))];
        if (columns.Count == 0)
        {
            throw HistoryProblems.Unreadable(name, "The spine has no columns.");
        }

        db.Execute($"CREATE TABLE spine ({string.Join(", ", columns.Select(c => $"{SpineTable.Quoted(c.Name)} {c.Type}"))})");
        using var rows = db.Appender("spine");
        var row = new List<Cell>();
        while (file.Next(row))
        {
            if (file.RaggedRows > 0)
            {
                throw HistoryProblems.Unreadable(name, string.Create(CultureInfo.InvariantCulture, $"Row {rows.Rows + 1} of the spine has another number of fields than the header."), "Mend the row.");
            }

            for (var i = 0; i < columns.Count; i++)
            {
                Append(rows, i < row.Count ? row[i] : Cell.Absent, columns[i].Type);
            }

            rows.EndRow();
        }

        rows.Close();
    }

    private static void Append(DuckDbAppender rows, Cell cell, string type)
    {
        switch (cell.Text)
        {
            case null:
                rows.AppendNull();
                break;
            case { } text when type == "BIGINT":
                WrittenNumber.TryRead(text, out _, out var whole, out _);
                rows.Append(whole!.Value);
                break;
            case { } text when type == "DOUBLE":
                WrittenNumber.TryRead(text, out var number, out _, out _);
                rows.Append(number);
                break;
            case { } text when type == "BOOLEAN":
                rows.Append(text == "true");
                break;
            case { } text:
                rows.Append(text);
                break;
        }
    }

    /// <summary>The columns of JSON lines, each with the narrowest type that holds all of its values. Cost: one pass over the file.</summary>
    private static List<(string Name, string Type)> Typed(string path)
    {
        using var file = RecordFile.Open(path);
        var row = new List<Cell>();
        var kinds = new List<HashSet<string>>();
        while (file.Next(row))
        {
            while (kinds.Count < file.Columns.Count)
            {
                kinds.Add([]);
            }

            for (var i = 0; i < row.Count; i++)
            {
                if (row[i].Kind != CellKind.Absent)
                {
                    kinds[i].Add(TypeOf(row[i]));
                }
            }
        }

        return [.. kinds.Select((k, i) => (file.Columns[i], k.Count == 1 ? k.First() : k.SetEquals(["BIGINT", "DOUBLE"]) ? "DOUBLE" : "VARCHAR"))];
    }

    private static string TypeOf(Cell cell) => cell.Kind switch
    {
        CellKind.Boolean => "BOOLEAN",
        CellKind.Number when WrittenNumber.TryRead(cell.Text!, out _, out var whole, out var isExact) => whole is not null ? "BIGINT" : isExact ? "DOUBLE" : "VARCHAR",
        _ => "VARCHAR",
    };
}
