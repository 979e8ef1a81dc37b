using Flyball.Contracts.Ingestion;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Inference;

/// <summary>A file of records that has no contract yet, read in one pass. Not thread-safe.</summary>
internal abstract class RecordFile : IDisposable
{
    /// <summary>The most columns a contract takes.</summary>
    public const int MostColumns = 1_000;

    /// <summary>In order; the columns of a file of JSON lines become more as rows bring them.</summary>
    public abstract IReadOnlyList<string> Columns { get; }

    /// <summary>False when the first row of a delimited file is a record like the others, and the columns were given names.</summary>
    public virtual bool HasHeader => true;

    /// <summary>Records so far with more or fewer fields than there are columns.</summary>
    public long RaggedRows { get; protected set; }

    /// <summary>Reads the next record; false after the last. A shorter row leaves the rest absent.</summary>
    /// <param name="row">As many as there are columns now; replaced whole.</param>
    /// <exception cref="FlyballException">FLY3041: the file is damaged from here on.</exception>
    public abstract bool Next(List<Cell> row);

    public abstract void Dispose();

    /// <exception cref="FlyballException">FLY3041: the file cannot be read. FLY3042: its name says no form, or it has no record to learn from.</exception>
    public static RecordFile Open(string path)
    {
        var name = Path.GetFileName(path);
        var isPacked = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        var form = Path.GetExtension(isPacked ? name[..^3] : name).ToLowerInvariant();
        if (form is not (".csv" or ".tsv" or ".ndjson" or ".jsonl" or ".parquet") || (isPacked && form == ".parquet"))
        {
            throw new FlyballException(new Problem(
                "FLY3042", "The form of the file is not known from its name.", new ProblemLocation(name), "Name it .csv, .tsv, .ndjson or .jsonl, with .gz when it is packed, or .parquet."));
        }

        return Guard(name, () =>
        {
            if (form == ".parquet")
            {
                return File.Exists(path) ? ParquetRecords.Open(path, name) : throw new FileNotFoundException("there is no such file.");
            }

            Stream stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            try
            {
                stream = isPacked ? new UnpackedStream(stream, leaveOpen: false) : stream;
                return form is ".csv" or ".tsv" ? DelimitedRecords.Open(stream, name, form == ".csv" ? ',' : '\t') : (RecordFile)new JsonLinesRecords(stream, name);
            }
            catch
            {
                stream.Dispose();
                throw;
            }
        });
    }

    /// <summary>Turns what a reader throws for a damaged file into the problem of it.</summary>
    protected static T Guard<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or CsvHelper.CsvFormatException)
        {
            throw new FlyballException(new Problem("FLY3041", $"The file cannot be read: {e.Message}", new ProblemLocation(name)), e);
        }
    }

    protected static FlyballException Unusable(string name, string message, string? remedy = null) =>
        new(new Problem("FLY3042", message, new ProblemLocation(name), remedy));
}
