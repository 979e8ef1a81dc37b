using System.Globalization;
using Flyball.Native.DuckDb;

namespace Flyball.Contracts.Inference;

/// <summary>A Parquet file: DuckDB reads it, and casts what a text says as well.</summary>
internal sealed class ParquetRecords : RecordFile
{
    private readonly DuckDbDatabase database;
    private readonly DuckDbConnection connection;
    private readonly DuckDbResult result;
    private readonly CellKind[] kinds;
    private DuckDbChunk? chunk;
    private int at;

    private ParquetRecords(DuckDbDatabase database, DuckDbConnection connection, string path)
    {
        (this.database, this.connection) = (database, connection);
        var table = $"read_parquet('{path.Replace("'", "''", StringComparison.Ordinal)}')";
        using (var shape = connection.Query($"SELECT * FROM {table} LIMIT 0"))
        {
            Columns = [.. shape.Columns.Select(c => c.Name)];
            kinds = [.. shape.Columns.Select(c => KindOf(c.Type))];
            result = connection.Query($"SELECT {string.Join(", ", shape.Columns.Select(Selected))} FROM {table}");
        }
    }

    public override IReadOnlyList<string> Columns { get; }

    public static ParquetRecords Open(string path, string name)
    {
        var opened = DuckDbDatabase.OpenInMemory();
        DuckDbConnection? connected = null;
        try
        {
            connected = opened.Connect();
            var file = new ParquetRecords(opened, connected, path);
            return file.Columns.Count <= MostColumns ? file : throw Unusable(name, $"The file has {file.Columns.Count} columns, and a contract at most {MostColumns}.");
        }
        catch (DuckDbException e)
        {
            connected?.Dispose();
            opened.Dispose();
            throw new InvalidDataException(e.Message, e);
        }
    }

    public override bool Next(List<Cell> row)
    {
        row.Clear();
        while (chunk is null || at == chunk.RowCount)
        {
            (chunk, at) = (result.NextChunk(), 0);
            if (chunk is null)
            {
                return false;
            }
        }

        for (var i = 0; i < kinds.Length; i++)
        {
            row.Add(chunk.IsNull(i, at) ? Cell.Absent : new Cell(kinds[i], chunk.Text(i, at)));
        }

        at++;
        return true;
    }

    public override void Dispose()
    {
        result.Dispose();
        connection.Dispose();
        database.Dispose();
    }

    private static CellKind KindOf(DuckDbType type) => type switch
    {
        DuckDbType.Boolean => CellKind.Boolean,
        DuckDbType.TinyInt or DuckDbType.SmallInt or DuckDbType.Integer or DuckDbType.BigInt or DuckDbType.HugeInt or DuckDbType.UTinyInt or DuckDbType.USmallInt
            or DuckDbType.UInteger or DuckDbType.UBigInt or DuckDbType.UHugeInt or DuckDbType.Float or DuckDbType.Double or DuckDbType.Decimal => CellKind.Number,
        DuckDbType.List or DuckDbType.Struct or DuckDbType.Map or DuckDbType.Array or DuckDbType.Union or DuckDbType.Blob => CellKind.Nested,
        _ => CellKind.Text,
    };

    /// <summary>The column as text; a timestamp in RFC 3339, because a moment is what it holds. A NaN stays a text that is no number.</summary>
    private static string Selected(DuckDbColumn column)
    {
        var quoted = $"\"{column.Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        return column.Type switch
        {
            DuckDbType.Timestamp or DuckDbType.TimestampSeconds or DuckDbType.TimestampMillis or DuckDbType.TimestampNanos => $"strftime({quoted}::TIMESTAMP, '%Y-%m-%dT%H:%M:%S.%fZ')",
            DuckDbType.TimestampTz => $"strftime({quoted}::TIMESTAMP, '%Y-%m-%dT%H:%M:%S.%fZ')",
            DuckDbType.Blob => "NULL::VARCHAR",
            _ => string.Create(CultureInfo.InvariantCulture, $"{quoted}::VARCHAR"),
        };
    }
}
