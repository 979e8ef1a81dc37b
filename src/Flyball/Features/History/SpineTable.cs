using Flyball.Engine.Expressions;
using Flyball.Native.DuckDb;

namespace Flyball.Features.History;

/// <summary>
/// The spine, and beside it the values that are found for it, as tables of a DuckDB of the run's own: what memory does not hold goes to the run's
/// folder, and columns that nobody asks about are carried through as they came. The ordinal of a row is its place in the file, 0 and up.
/// </summary>
internal sealed class SpineTable : IDisposable
{
    public const string EventTime = "event_time";
    public const string KnownAt = "known_at";
    public const string Ordinal = "spine_row";

    private const string JsonText = """
        "(\\.|[^"\\])*"
        """;

    private readonly DuckDbDatabase database;

    private SpineTable(string name, string directory, DuckDbDatabase database)
    {
        (Name, Folder, this.database) = (name, directory, database);
        Connection = database.Connect();
    }

    /// <summary>The file, for messages.</summary>
    public string Name { get; }

    /// <summary>The folder of the run.</summary>
    public string Folder { get; }

    /// <summary>As the file has them.</summary>
    public IReadOnlyList<DuckDbColumn> Columns { get; private set; } = [];

    /// <summary>Texts of a file without types may stand for numbers.</summary>
    public bool IsUntyped { get; private init; }

    /// <summary>How many rows.</summary>
    public long Rows { get; private set; }

    /// <summary>For one statement at a time.</summary>
    public DuckDbConnection Connection { get; }

    /// <summary>Opens an empty database in a folder and lets a reader fill the table <c>spine</c>.</summary>
    /// <param name="name">The file, for messages.</param>
    /// <param name="directory">The run's folder; SQL reads and writes nowhere else.</param>
    /// <param name="isUntyped">Whether every column is a text because the file knows no types.</param>
    /// <param name="options">Threads and memory.</param>
    /// <param name="fill">Creates the table and its rows.</param>
    public static SpineTable Create(string name, string directory, bool isUntyped, HistoryOptions options, Action<DuckDbConnection> fill)
    {
        var opened = DuckDbDatabase.OpenInMemory(new()
        {
            Threads = options.Parallelism,
            MemoryLimitBytes = options.TableMemoryBytes,
            TemporaryDirectory = Path.Combine(directory, "spill.tmp"),
            OnlyDirectories = [directory],
        });
        try
        {
            var table = new SpineTable(name, directory, opened) { IsUntyped = isUntyped };
            fill(table.Connection);
            table.Describe();
            return table;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public DuckDbConnection Connect() => database.Connect();

    /// <summary>The column of a name, exactly as it is written, with its place.</summary>
    public DuckDbColumn? Find(string column) => Columns.FirstOrDefault(c => c.Name == column);

    public static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    public static string SqlTypeOf(ScalarType type) => type switch
    {
        ScalarType.Boolean => "BOOLEAN",
        ScalarType.Integer => "BIGINT",
        ScalarType.Number => "DOUBLE",
        ScalarType.Timestamp => "TIMESTAMP",
        _ => "VARCHAR",
    };

    /// <summary>Writes a value into a column of its type.</summary>
    public static void Append(DuckDbAppender into, in Value value, ScalarType type)
    {
        if (value.IsNull)
        {
            into.AppendNull();
            return;
        }

        switch (type)
        {
            case ScalarType.Boolean:
                into.Append(value.AsBoolean);
                break;
            case ScalarType.Integer:
                into.Append(value.AsInteger);
                break;
            case ScalarType.Number:
                into.Append(value.AsNumber);
                break;
            case ScalarType.Timestamp:
                into.AppendTimestampMicros(value.AsTimestamp.Micros);
                break;
            default:
                into.Append(value.AsText);
                break;
        }
    }

    public void Dispose()
    {
        Connection.Dispose();
        database.Dispose();
    }

    private void Describe()
    {
        using (var head = Connection.Query("SELECT * FROM spine LIMIT 0"))
        {
            Columns = head.Columns;
        }

        if (Columns.FirstOrDefault(c => c.Name.Equals("rowid", StringComparison.OrdinalIgnoreCase)) is { } hiding)
        {
            // It would stand before the place of a row, which every later step goes by.
            throw HistoryProblems.Unreadable(Name, $"A column of the spine is called '{hiding.Name}', which the table keeps for the place of a row.", "Rename the column.");
        }

        using var counted = Connection.Query("SELECT count(*) FROM spine");
        Rows = counted.NextChunk()!.Column<long>(0)[0];
        RefuseNonFinite();
    }

    /// <summary>
    /// No door lets a NaN or an infinity through, carried columns included. In lists and records they are found in the JSON text, where they stand
    /// without quotes: texts are taken out of it first.
    /// </summary>
    private void RefuseNonFinite()
    {
        foreach (var column in Columns)
        {
            var name = Quoted(column.Name);
            var condition = column.Type switch
            {
                DuckDbType.Float or DuckDbType.Double => $"NOT isfinite({name})",
                DuckDbType.List or DuckDbType.Struct or DuckDbType.Map or DuckDbType.Array or DuckDbType.Union => $"regexp_matches(regexp_replace(CAST(to_json({name}) AS VARCHAR), '{JsonText}', '', 'g'), '(?i)nan|inf')",
                _ => null,
            };
            if (condition is null)
            {
                continue;
            }

            using var found = Connection.Query($"SELECT min(rowid) FROM spine WHERE {condition}");
            if (found.NextChunk() is { } chunk && !chunk.IsNull(0, 0))
            {
                throw HistoryProblems.BadValue(Name, chunk.Column<long>(0)[0], column.Name, "is no finite number", "Leave it empty, or leave the column out.");
            }
        }
    }
}
