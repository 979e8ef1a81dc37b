using System.Text.Json;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Native.DuckDb;

namespace Flyball.Contracts.Ingestion;

/// <summary>Rows of a Parquet file, read through DuckDB chunk by chunk.</summary>
internal sealed class ParquetRows : IFileRows
{
    private const long MemoryLimit = 512L << 20;

    private readonly string name;
    private readonly DuckDbDatabase database;
    private readonly DuckDbConnection connection;
    private readonly EventFileTerms terms;
    private readonly ParquetPlace place = new();
    private readonly MemoryStream original = new();
    private VersionedCells? cells;
    private StandIns? stands;
    private int ignored;
    private int[] places = [];
    private ParquetColumn[] columns = [];
    private DuckDbStatement? statement;
    private DuckDbResult? result;
    private long rows;
    private long stated;

    private ParquetRows(string path, EventFileTerms terms)
    {
        (name, this.terms) = (Path.GetFileName(path), terms);
        database = DuckDbDatabase.OpenInMemory(new() { OnlyDirectories = [Path.GetDirectoryName(Path.GetFullPath(path))!], MemoryLimitBytes = MemoryLimit });
        connection = database.Connect();
    }

    /// <summary>How many of the rows were read, 0 to 1.</summary>
    public double Share => stated == 0 ? 1 : (double)rows / stated;

    /// <exception cref="FlyballException">FLY3004: this is no whole Parquet file, or its columns do not fit.</exception>
    public static ParquetRows Open(string path, EventFileTerms terms)
    {
        var opened = new ParquetRows(path, terms);
        try
        {
            opened.Start($"'{Path.GetFullPath(path).Replace("'", "''", StringComparison.Ordinal)}'");
            return opened;
        }
        catch (DuckDbException e)
        {
            opened.Dispose();
            throw opened.Broken("It is not a whole Parquet file, or one that cannot be read", e);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public long? Line => null;

    public long? KnownAt { get; private set; }

    public RequestReading Reading => new(stands?.Filled ?? [], ignored);

    public bool Has(int column) => places.Contains(column);

    public bool TryAdd(RowBatch batch)
    {
        if (!TrySkip())
        {
            return false;
        }

        long size = 0;
        foreach (var column in columns)
        {
            size += column.SizeOf(place.Chunk!, place.Row);
        }

        batch.Add(cells!.Judge(batch) ? null : batch.Originals.Json(Original(place.Chunk!, place.Row)), size);
        return true;
    }

    public bool TryRead(Span<Value> row, RowProblems problems)
    {
        if (!TrySkip())
        {
            return false;
        }

        KnownAt = cells!.Read(row, problems);
        return true;
    }

    public bool TrySkip()
    {
        if (place.Chunk is null || ++place.Row == place.Chunk.RowCount)
        {
            place.Row = 0;
            place.Chunk = NextChunk();
            if (place.Chunk is null)
            {
                return rows == stated ? false : throw Broken(FormattableString.Invariant($"It states {stated} rows and has {rows}"), null);
            }
        }

        rows++;
        return true;
    }

    public void Dispose()
    {
        result?.Dispose();
        statement?.Dispose();
        connection.Dispose();
        database.Dispose();
        original.Dispose();
    }

    private void Start(string path)
    {
        FileColumns found;
        using (var head = connection.Query($"SELECT * FROM read_parquet({path}) LIMIT 0"))
        {
            found = FileColumns.Of([.. head.Columns.Select(c => c.Name)], terms.Plan, terms.KnownAt, terms.Earlier, name, terms.Unknown, terms.Requests);
            columns = [.. head.Columns.Select((c, i) => new ParquetColumn(c, i))];
        }

        if (columns.FirstOrDefault(c => c.IsNested) is { } nested)
        {
            throw new FlyballException(new Problem("FLY3004", $"The column '{nested.Name}' holds lists or records, which a row does not have.", new ProblemLocation(name, Field: nested.Name), "Leave the column out."));
        }

        stands = StandIns.Of(terms.Plan, terms.Requests);
        (ignored, places) = (found.Ignored, found.Present ?? []);
        cells = new VersionedCells(
            found.Present is { } present ? new ParquetCells(place, terms.Plan, columns, present, terms.KnownAt, stands) : null,
            found.Earlier is { } earlier ? new ParquetCells(place, terms.Earlier!.Plan, columns, earlier, terms.KnownAt) : null,
            terms.Earlier);
        CheckCounts(path);
        statement = connection.Prepare($"SELECT {string.Join(", ", columns.Select(c => c.Sql))} FROM read_parquet({path})");
        result = statement.Stream();
    }

    /// <summary>A file says three times how many rows it has: as a whole, by row group, and by column in each. They agree, or nothing is read.</summary>
    private void CheckCounts(string path)
    {
        stated = Number($"SELECT num_rows FROM parquet_file_metadata({path})");
        var groups = Number($"SELECT CAST(coalesce(sum(n), 0) AS BIGINT) FROM (SELECT any_value(row_group_num_rows) AS n FROM parquet_metadata({path}) GROUP BY row_group_id)");
        var wrong = Number($"SELECT count(*) FROM parquet_metadata({path}) WHERE num_values <> row_group_num_rows");
        if (stated != groups || wrong != 0)
        {
            throw Broken(FormattableString.Invariant($"It states {stated} rows, its row groups {groups}, and {wrong} of its column chunks another number than their group"), null);
        }
    }

    private long Number(string sql)
    {
        using var answer = connection.Query(sql);
        return answer.NextChunk() is { } one ? one.Column<long>(0)[0] : 0;
    }

    private DuckDbChunk? NextChunk()
    {
        try
        {
            return result!.NextChunk();
        }
        catch (DuckDbException e)
        {
            throw Broken("It cannot be read on", e);
        }
    }

    /// <summary>The row as JSON, for people who look at it in quarantine.</summary>
    private ReadOnlySpan<byte> Original(DuckDbChunk from, int at)
    {
        original.SetLength(0);
        using (var json = new Utf8JsonWriter(original))
        {
            json.WriteStartObject();
            foreach (var column in columns)
            {
                json.WritePropertyName(column.Name);
                column.Write(json, from, at);
            }

            json.WriteEndObject();
        }

        return original.GetBuffer().AsSpan(0, (int)original.Length);
    }

    private FlyballException Broken(string message, Exception? inner) => new(
        new Problem("FLY3004", $"{message}.", new ProblemLocation(name), "Write the file again."), inner);
}
