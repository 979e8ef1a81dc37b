using System.Text.Json;
using Flyball.Contracts.Privacy;
using Flyball.Contracts.Rows;
using Flyball.Engine.Problems;
using Flyball.Native.DuckDb;

namespace Flyball.Contracts.Ingestion;

/// <summary>Rows of a Parquet file, read through DuckDB chunk by chunk. A value keeps its type: it becomes a text only where the file has no type of ours.</summary>
internal sealed class ParquetRows : IFileRows
{
    private const long MemoryLimit = 512L << 20;

    private readonly string name;
    private readonly DuckDbDatabase database;
    private readonly DuckDbConnection connection;
    private readonly ContractPlan plan;
    private readonly FieldPlan[] fields;
    private readonly KnownAtColumn? knownAt;
    private readonly MemoryStream original = new();
    private ParquetColumn[] columns = [];
    private DuckDbStatement? statement;
    private DuckDbResult? result;
    private DuckDbChunk? chunk;
    private int next;
    private long rows;
    private long stated;

    private ParquetRows(string path, ContractPlan plan, KnownAtColumn? knownAt)
    {
        (name, this.plan, fields, this.knownAt) = (Path.GetFileName(path), plan, plan.Fields, knownAt);
        database = DuckDbDatabase.OpenInMemory(new() { OnlyDirectories = [Path.GetDirectoryName(Path.GetFullPath(path))!], MemoryLimitBytes = MemoryLimit });
        connection = database.Connect();
    }

    /// <summary>How many of the rows were read, 0 to 1.</summary>
    public double Share => stated == 0 ? 1 : (double)rows / stated;

    /// <exception cref="FlyballException">FLY3004: this is no whole Parquet file, or its columns do not fit.</exception>
    public static ParquetRows Open(string path, ContractPlan plan, KnownAtColumn? knownAt)
    {
        var opened = new ParquetRows(path, plan, knownAt);
        try
        {
            opened.Start($"'{Path.GetFullPath(path).Replace("'", "''", StringComparison.Ordinal)}'", plan);
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

    public bool TryAdd(RowBatch batch)
    {
        if (chunk is null || next == chunk.RowCount)
        {
            next = 0;
            chunk = NextChunk();
            if (chunk is null)
            {
                return rows == stated ? false : throw Broken(FormattableString.Invariant($"It states {stated} rows and has {rows}"), null);
            }
        }

        AddRow(batch, chunk, next++);
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

    private void Start(string path, ContractPlan plan)
    {
        using (var head = connection.Query($"SELECT * FROM read_parquet({path}) LIMIT 0"))
        {
            var found = FileColumns.Of([.. head.Columns.Select(c => c.Name)], plan, knownAt, name);
            columns = [.. head.Columns.Select((c, i) => new ParquetColumn(c, i, found[i]))];
        }

        if (columns.FirstOrDefault(c => c.IsNested) is { } nested)
        {
            throw new FlyballException(new Problem("FLY3004", $"The column '{nested.Name}' holds lists or records, which a row does not have.", new ProblemLocation(name, Field: nested.Name), "Leave the column out."));
        }

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

    private void AddRow(RowBatch batch, DuckDbChunk from, int at)
    {
        var row = batch.Row;
        var problems = batch.Problems;
        long? known = null;
        problems.Clear();
        row.Clear();
        foreach (var column in columns)
        {
            if (column.Index == FileColumns.Beside)
            {
                known = ReadKnownAt(column, from, at, problems);
            }
            else if (from.IsNull(column.Ordinal, at))
            {
                Refuse(fields[column.Index], problems);
            }
            else if (column.Read(fields[column.Index], from, at, out row[column.Index]) is { } problem)
            {
                row[column.Index] = default;
                problems.Add(problem);
            }
            else
            {
                RowReader.Check(fields[column.Index], row[column.Index], problems);
                row[column.Index] = fields[column.Index].Privacy == PrivacyTreatment.Keep ? row[column.Index] : plan.Protect(column.Index, row[column.Index]);
            }
        }

        long size = 0;
        foreach (var column in columns)
        {
            size += column.SizeOf(from, at);
        }

        batch.Add(batch.Judge(known) ? null : batch.Originals.Json(Original(from, at)), size);
    }

    private static void Refuse(FieldPlan field, RowProblems problems)
    {
        if (field.Required || field.NullPolicy == NullPolicy.Refuse)
        {
            problems.Add(field.Problems.Null);
        }
    }

    private long? ReadKnownAt(ParquetColumn column, DuckDbChunk from, int at, RowProblems problems)
    {
        if (from.IsNull(column.Ordinal, at))
        {
            problems.Add(knownAt!.Problems.Null);
            return null;
        }

        if (column.TryReadTime(from, at, out var micros))
        {
            return micros;
        }

        problems.Add(knownAt!.Problems.TimeForm);
        return null;
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
