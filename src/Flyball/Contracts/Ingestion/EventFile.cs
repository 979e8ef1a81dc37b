using System.IO.Compression;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Native.Loading;

namespace Flyball.Contracts.Ingestion;

/// <summary>
/// A file of rows: <c>.csv</c>, <c>.tsv</c>, <c>.ndjson</c> or <c>.jsonl</c>, each also with <c>.gz</c>, or <c>.parquet</c>. It is read in one
/// pass, and memory does not grow with it. Not thread-safe.
/// </summary>
public sealed class EventFile : IDisposable
{
    /// <summary>Set for every program of this repository: by default the runtime takes a packed file that is cut short for one that ends there.</summary>
    private const string StrictValidation = "System.IO.Compression.UseStrictValidation";

    private readonly string name;
    private readonly Stream file;
    private readonly Stream stream;
    private readonly IFileRows rows;
    private readonly long length;

    private EventFile(string name, Stream file, Stream stream, IFileRows rows)
    {
        (this.name, this.file, this.stream, this.rows) = (name, file, stream, rows);
        length = file.Length;
    }

    /// <summary>Rows given so far.</summary>
    public long Rows { get; private set; }

    /// <summary>How much of the file was read, 0 to 1.</summary>
    public double Share => rows is ParquetRows parquet ? parquet.Share : length == 0 ? 1 : (double)file.Position / length;

    /// <exception cref="FlyballException">FLY3004: the file cannot be read, its name says no form, or its columns do not fit the contract.</exception>
    public static EventFile Open(string path, ContractPlan plan) => Open(path, new EventFileTerms(plan));

    internal static EventFile Open(string path, EventFileTerms terms)
    {
        var named = Path.GetFileName(path);
        var isPacked = named.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        var form = Path.GetExtension(isPacked ? named[..^3] : named).ToLowerInvariant();
        if (form is not (".csv" or ".tsv" or ".ndjson" or ".jsonl") && (form != ".parquet" || isPacked))
        {
            throw new FlyballException(new Problem(
                "FLY3004", "The form of the file is not known from its name.", new ProblemLocation(named), "Name it .csv, .tsv, .ndjson or .jsonl, with .gz when it is packed, or .parquet."));
        }

        if (isPacked && !(AppContext.TryGetSwitch(StrictValidation, out var isStrict) && isStrict))
        {
            throw new InvalidOperationException($"The host runs without {StrictValidation}: a cut file would pass for a whole one.");
        }

        Stream? opened = null;
        try
        {
            opened = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            return form == ".parquet"
                ? new EventFile(named, opened, opened, ParquetRows.Open(path, terms))
                : OpenText(named, opened, isPacked, form, terms);
        }
        catch (NativeLibraryException e)
        {
            opened?.Dispose();
            throw new FlyballException(new Problem("FLY3146", "Parquet files cannot be read here: the native library of DuckDB is missing.", new ProblemLocation(named), "Send the rows as CSV or NDJSON, or run 'flyball doctor' on the server's machine: it says where the library was looked for."), e);
        }
        catch (Exception e)
        {
            opened?.Dispose();
            if (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                throw new FlyballException(new Problem("FLY3004", $"The file cannot be read, or is damaged at its beginning: {Reason(e)}", new ProblemLocation(named)), e);
            }

            throw;
        }
    }

    private static EventFile OpenText(string named, Stream opened, bool isPacked, string form, EventFileTerms terms)
    {
        RefuseWideText(named, opened, isPacked);
        var text = isPacked ? new UnpackedStream(opened, leaveOpen: true) : opened;
        try
        {
            IFileRows read = form switch
            {
                ".csv" => new DelimitedRows(named, terms, text, ','),
                ".tsv" => new DelimitedRows(named, terms, text, '\t'),
                _ => new LineRows(named, terms, text),
            };
            return new EventFile(named, opened, text, read);
        }
        catch
        {
            text.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Adds rows to the batch until it has <paramref name="most"/> of them or their text <paramref name="bytes"/>; false when the file ended before
    /// the first. Where a batch ends follows from the file alone.
    /// </summary>
    /// <exception cref="FlyballException">FLY3004: the file is damaged from here on; what was given before is good.</exception>
    public bool Fill(RowBatch batch, int most, long bytes = long.MaxValue)
    {
        batch.FirstRow = Rows;
        var before = Rows;
        while (batch.Received < most && batch.Bytes < bytes && TryNext(batch))
        {
            Rows++;
        }

        return Rows > before;
    }

    /// <summary>The line in which the row that was read last begins, from 1; null in a form without lines.</summary>
    internal long? Line => rows.Line;

    /// <summary>The known-at of the request that was read last; null without such a column, and where it is empty.</summary>
    internal long? KnownAt => rows.KnownAt;

    /// <summary>What was filled in and passed over in the request that was read last.</summary>
    internal RequestReading Reading => rows.Reading;

    /// <summary>Whether the file has a column of the contract; true where that is not known before its rows are.</summary>
    internal bool Has(int column) => rows.Has(column);

    /// <summary>Reads the next row as a request; false at the end of the file.</summary>
    /// <param name="row">As long as the schema; without meaning when there are problems.</param>
    /// <param name="problems">What is wrong with it.</param>
    /// <exception cref="FlyballException">FLY3004: the file is damaged from here on.</exception>
    internal bool TryRead(Span<Value> row, RowProblems problems)
    {
        try
        {
            var read = rows.TryRead(row, problems);
            Rows += read ? 1 : 0;
            return read;
        }
        catch (FlyballException e) when (e.Problem.Code == "FLY3004")
        {
            throw Damaged(e.Problem.Message, true, e);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw Damaged(Reason(e), true, e);
        }
    }

    /// <summary>Passes over rows, and judges nothing; fewer at the end of the file.</summary>
    /// <exception cref="FlyballException">FLY3004: the file is damaged.</exception>
    internal void Skip(long count, CancellationToken ct)
    {
        for (var last = Rows + count; Rows < last && TryNext(null);)
        {
            if (++Rows % 8_192 == 0)
            {
                ct.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Reads to the end of the file, and judges nothing.</summary>
    /// <exception cref="FlyballException">FLY3004: the file is damaged.</exception>
    public void Check(CancellationToken ct)
    {
        while (TryNext(null))
        {
            Rows++;
            if (Rows % 8_192 == 0)
            {
                ct.ThrowIfCancellationRequested();
            }
        }
    }

    public void Dispose()
    {
        rows.Dispose();
        stream.Dispose();
        file.Dispose();
    }

    /// <summary>A text of two or four bytes a character says so in its first ones; read as UTF-8 it would be noise.</summary>
    private static void RefuseWideText(string name, Stream file, bool isPacked)
    {
        Span<byte> first = stackalloc byte[4];
        var read = file.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        file.Position = 0;
        if (isPacked && read == 0)
        {
            throw new InvalidDataException("it is empty, which no packed file is.");
        }

        if (isPacked && read > 0)
        {
            using var unpacked = new GZipStream(file, CompressionMode.Decompress, leaveOpen: true);
            read = unpacked.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
            file.Position = 0;
        }

        if (first[..read] is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0, 0, 0xFE, 0xFF])
        {
            throw new FlyballException(new Problem("FLY3004", "The file is UTF-16 or UTF-32, and only UTF-8 is read.", new ProblemLocation(name), "Save it as UTF-8."));
        }
    }

    /// <summary>What the runtime says of a file names its path; the file's name stands in the problem already.</summary>
    private static string Reason(Exception e) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is no such file.",
        UnauthorizedAccessException => "access is denied.",
        _ => e.Message,
    };

    /// <summary>The next row: into the batch, or passed over without one.</summary>
    private bool TryNext(RowBatch? batch)
    {
        try
        {
            return batch is null ? rows.TrySkip() : rows.TryAdd(batch);
        }
        catch (FlyballException e) when (e.Problem.Code == "FLY3004")
        {
            throw Damaged(e.Problem.Message, batch is null, e);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw Damaged(Reason(e), batch is null, e);
        }
    }

    private FlyballException Damaged(string reason, bool isCheck, Exception inner) => new(
        new Problem(
            "FLY3004",
            FormattableString.Invariant($"The file is damaged after row {Rows}{(isCheck ? ", and nothing of it was stored" : "")}: {reason}"),
            new ProblemLocation(name, (int?)rows.Line),
            isCheck ? "Mend it and send it again." : "What the counts name is stored. Send the mended file: in a source with a primary key those rows count as duplicates."),
        inner);
}
