using System.Globalization;
using Flyball.Features.History;
using Flyball.Native.DuckDb;

namespace Flyball.Serving.Batches;

/// <summary>The rows of one part, scored and rejected, until they are written as files. Not thread-safe.</summary>
internal sealed class BatchTable : IDisposable
{
    private const long MemoryLimit = 768L << 20;
    private const string Scored = "scored";
    private const string Aside = "rejected";

    private readonly DuckDbDatabase database;
    private readonly DuckDbConnection connection;
    private readonly ServedVersion version;
    private readonly ScoreColumns columns;
    private DuckDbAppender scored;
    private DuckDbAppender rejected;

    /// <param name="version">Who scores.</param>
    /// <param name="columns">Of the result.</param>
    /// <param name="folder">The only one that files are read from and written to.</param>
    public BatchTable(ServedVersion version, ScoreColumns columns, string folder)
    {
        (this.version, this.columns) = (version, columns);
        database = DuckDbDatabase.OpenInMemory(new() { OnlyDirectories = [folder], MemoryLimitBytes = MemoryLimit, TemporaryDirectory = Path.Combine(folder, "spill.tmp") });
        connection = database.Connect();
        (scored, rejected) = Create();
    }

    /// <summary>What is the same in every row: a value less for each of them until here.</summary>
    private string Constants => string.Create(
        CultureInfo.InvariantCulture,
        $", CAST({version.Version} AS INTEGER) AS {ScoreColumns.Constants.Version}, {SpineTable.Text(version.Digest.Hex)} AS {ScoreColumns.Constants.Digest}");

    public long ScoredRows { get; private set; }

    public long RejectedRows { get; private set; }

    /// <summary>Adds the rows of a batch that was scored, and puts those aside that have no score.</summary>
    public void Add(ScoreBatch batch)
    {
        var before = batch.Rejected.Count;
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch.Faults[i] is { } fault)
            {
                batch.Rejected.Add(new RejectedRow(batch.Places[i], batch.Lines[i], [fault]));
            }
            else
            {
                Append(batch, i);
            }
        }

        if (batch.Rejected.Count > before)
        {
            batch.Rejected.Sort((a, b) => a.Row.CompareTo(b.Row));
        }

        foreach (var row in batch.Rejected)
        {
            Append(row);
        }

        RejectedRows += batch.Rejected.Count;
        ScoredRows += batch.Read - batch.Rejected.Count;
    }

    /// <summary>Writes what was added since the last time, and forgets it.</summary>
    /// <param name="scoredFile">Where the scores go; its ending says the form.</param>
    /// <param name="rejectedFile">Where the reasons go; not written without any.</param>
    public void Write(string scoredFile, string rejectedFile)
    {
        scored.Close();
        rejected.Close();
        // Delimited parts are put together as they are; Parquet ones are written again, and what is the same in every row is added then.
        connection.Execute($"COPY (SELECT *{(IsDelimited(scoredFile) ? Constants : "")} FROM {Scored}) TO {SpineTable.Text(scoredFile)} ({FormOf(scoredFile)})");
        if (RejectedRows > 0)
        {
            connection.Execute($"COPY {Aside} TO {SpineTable.Text(rejectedFile)} ({FormOf(rejectedFile)})");
        }

        Renew();
    }

    /// <summary>Makes one Parquet file of the parts', in their order. Memory does not grow with them.</summary>
    /// <param name="parts">Files of scores, or of reasons.</param>
    /// <param name="output">The whole.</param>
    /// <param name="isRejected">Whether they are of reasons.</param>
    public void Concatenate(IEnumerable<string> parts, string output, bool isRejected) => connection.Execute(
        $"COPY (SELECT *{(isRejected ? "" : Constants)} FROM read_parquet([{string.Join(", ", parts.Select(SpineTable.Text))}])) TO {SpineTable.Text(output)} ({HistoryOutput.FormOf(output)})");

    /// <summary>The names of the columns as the first line of a delimited file.</summary>
    public string Header(bool isRejected)
    {
        var names = isRejected ? ["row", "line", "code", "field", "message"] : columns.Fields.Select(f => f.Name);
        return string.Join(',', names.Select(n => n.AsSpan().IndexOfAny(",\"\r\n") < 0 ? n : $"\"{n.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")) + "\n";
    }

    public void Dispose()
    {
        scored.Dispose();
        rejected.Dispose();
        connection.Dispose();
        database.Dispose();
    }

    /// <summary>How a part is written, by the ending of its name: a delimited one without the header, and Parquet with little effort, because it is written again.</summary>
    private static string FormOf(string path) => IsDelimited(path)
        ? "FORMAT csv, HEADER false, DELIMITER ',', TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%S.%fZ'"
        : string.Create(CultureInfo.InvariantCulture, $"FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {HistoryOutput.RowGroupRows}");

    private static bool IsDelimited(string path) => path.EndsWith(".csv", StringComparison.Ordinal);

    private void Renew()
    {
        scored.Dispose();
        rejected.Dispose();
        (ScoredRows, RejectedRows) = (0, 0);
        (scored, rejected) = Create();
    }

    private (DuckDbAppender Scored, DuckDbAppender Rejected) Create()
    {
        var fields = columns.Varying.Select(f => string.Create(CultureInfo.InvariantCulture, $"{SpineTable.Quoted(f.Name)} {f.Sql}"));
        connection.Execute($"CREATE OR REPLACE TABLE {Scored} ({string.Join(", ", fields)})");
        connection.Execute($"CREATE OR REPLACE TABLE {Aside} (row BIGINT, line BIGINT, code VARCHAR, field VARCHAR, message VARCHAR)");
        return (connection.Appender(Scored), connection.Appender(Aside));
    }

    private void Append(ScoreBatch batch, int at)
    {
        if (columns.HasRow)
        {
            scored.Append(batch.Places[at]);
        }

        var request = batch.Request(at);
        for (var i = 0; i < columns.Types.Length; i++)
        {
            SpineTable.Append(scored, request[columns.Kept[i]], columns.Types[i]);
        }

        var score = batch.Scores[at];
        scored.Append(score.Calibrated);
        if (columns.Classes.Count > 0)
        {
            scored.Append(columns.Classes[score.Class]);
            foreach (var probability in score.Probabilities!)
            {
                scored.Append(probability);
            }
        }

        if (columns.Decides)
        {
            scored.Append(batch.Decisions[at]);
        }

        if (columns.TellsDefaults)
        {
            scored.Append(batch.Defaulted[at]);
        }

        scored.EndRow();
    }

    private void Append(RejectedRow row)
    {
        foreach (var problem in row.Problems)
        {
            rejected.Append(row.Row);
            if (row.Line is { } line)
            {
                rejected.Append(line);
            }
            else
            {
                rejected.AppendNull();
            }

            rejected.Append(problem.Code);
            rejected.Append(problem.Where?.Field);
            rejected.Append(problem.Message);
            rejected.EndRow();
        }
    }
}
