using System.IO.Compression;
using CsvHelper;
using Flyball.Contracts.Rows;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Ingestion;

/// <summary>
/// A file of rows: <c>.csv</c>, <c>.tsv</c>, <c>.ndjson</c> or <c>.jsonl</c>, each also with <c>.gz</c>. It is read in one pass with constant
/// memory. A delimited file has a header; its texts get their types from the contract, and an empty one is null. Not thread-safe.
/// </summary>
public sealed class EventFile : IDisposable
{
    /// <summary>Set for every program of this repository: by default the runtime takes a packed file that is cut short for one that ends there.</summary>
    private const string StrictValidation = "System.IO.Compression.UseStrictValidation";

    private const int LongestLine = 1 << 20;
    private const int MostColumns = 10_000;

    private readonly string name;
    private readonly ContractPlan plan;
    private readonly Stream stream;
    private readonly CsvReader? delimited;
    private readonly LineReader? lines;
    private readonly int[] columns = [];

    private EventFile(string name, ContractPlan plan, Stream stream, char? delimiter)
    {
        (this.name, this.plan, this.stream) = (name, plan, stream);
        if (delimiter is null)
        {
            lines = new LineReader(stream, LongestLine);
            return;
        }

        var options = new CsvReaderOptions { Separator = delimiter, HasHeader = false, MaxRecordSize = LongestLine, IncludeValuesInExceptions = false };
        delimited = CsvReader.Create(stream, options, leaveOpen: true);
        columns = Guard(delimited.Read) ? ReadHeader(delimited) : throw Broken("The file is empty.", null);
    }

    /// <summary>Rows given so far.</summary>
    public long Rows { get; private set; }

    /// <exception cref="FlyballException">FLY3004: the file cannot be read, its name says no form, or its header does not fit the contract.</exception>
    public static EventFile Open(string path, ContractPlan plan)
    {
        var file = Path.GetFileName(path);
        var isPacked = file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        var form = Path.GetExtension(isPacked ? file[..^3] : file).ToLowerInvariant();
        if (form is not (".csv" or ".tsv" or ".ndjson" or ".jsonl"))
        {
            throw new FlyballException(new Problem("FLY3004", "The form of the file is not known from its name.", new ProblemLocation(file), "Name it .csv, .tsv, .ndjson or .jsonl, with .gz when it is packed."));
        }

        if (isPacked && !(AppContext.TryGetSwitch(StrictValidation, out var isStrict) && isStrict))
        {
            throw new InvalidOperationException($"The host runs without {StrictValidation}: a cut file would pass for a whole one.");
        }

        Stream? opened = null;
        try
        {
            opened = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            opened = isPacked ? new GZipStream(opened, CompressionMode.Decompress) : opened;
            return new EventFile(file, plan, opened, form switch { ".csv" => ',', ".tsv" => '\t', _ => null });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            opened?.Dispose();
            throw new FlyballException(new Problem("FLY3004", $"The file cannot be read: {e.Message}", new ProblemLocation(file)), e);
        }
        catch
        {
            opened?.Dispose();
            throw;
        }
    }

    /// <summary>Adds up to <paramref name="rows"/> rows to the batch; false when the file ended before the first.</summary>
    /// <exception cref="FlyballException">FLY3004: the file is damaged from here on; what was given before is good.</exception>
    public bool Fill(RowBatch batch, int rows)
    {
        var before = Rows;
        while (Rows - before < rows && (lines is null ? FillFromDelimited(batch) : FillFromLines(batch)))
        {
            Rows++;
        }

        return Rows > before;
    }

    public void Dispose()
    {
        delimited?.Dispose();
        stream.Dispose();
    }

    private bool FillFromDelimited(RowBatch batch)
    {
        if (!Guard(delimited!.Read))
        {
            return false;
        }

        if (delimited.FieldCount == columns.Length)
        {
            batch.AddDelimited(columns, delimited);
        }
        else
        {
            batch.AddBroken(new Problem("FLY3112", $"The row has {delimited.FieldCount} columns and the header {columns.Length}."), delimited.RawRecord);
        }

        return true;
    }

    private bool FillFromLines(RowBatch batch)
    {
        // Empty lines are passed over.
        bool found;
        do
        {
            found = Guard(lines!.TryRead);
        }
        while (found && lines.Line.IsEmpty);

        if (found)
        {
            batch.AddJson(lines.Line);
        }

        return found;
    }

    private int[] ReadHeader(CsvReader header)
    {
        if (header.FieldCount > MostColumns)
        {
            throw Broken($"The header has more than {MostColumns} columns.", null);
        }

        var found = new int[header.FieldCount];
        var problems = new List<string>();
        for (var i = 0; i < found.Length; i++)
        {
            var column = header.GetString(i).Trim();
            found[i] = plan.Schema.IndexOf(column);
            if (found[i] < 0)
            {
                problems.Add($"{plan.ShownName(column)} is not in the contract");
            }
            else if (found.AsSpan(0, i).Contains(found[i]))
            {
                problems.Add($"'{column}' appears twice");
            }
        }

        problems.AddRange(plan.Fields.Where((f, i) => f.Required && !found.Contains(i)).Select(f => $"'{f.Name}' is required and absent"));
        return problems.Count == 0
            ? found
            : throw Broken($"The header does not fit the contract of {plan.Source}: {string.Join("; ", problems.Take(RowProblems.Most))}.", null);
    }

    private bool Guard(Func<bool> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or CsvFormatException)
        {
            throw Broken($"The file is damaged after row {Rows}: {e.Message}", e);
        }
    }

    private FlyballException Broken(string message, Exception? inner) => new(new Problem("FLY3004", message, new ProblemLocation(name)), inner);

    /// <summary>Lines of a stream as bytes, with one buffer.</summary>
    private sealed class LineReader(Stream stream, int longest)
    {
        private byte[] buffer = new byte[1 << 16];
        private int start;
        private int end;

        private int lineStart;
        private int lineEnd;

        /// <summary>The present line without its end and without white space around it; valid until the next read.</summary>
        public ReadOnlySpan<byte> Line => buffer.AsSpan(lineStart..lineEnd).Trim(" \t\r"u8);

        public bool TryRead()
        {
            var searched = start;
            while (true)
            {
                var at = buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n');
                if (at >= 0)
                {
                    (lineStart, lineEnd) = (start, searched + at);
                    start = lineEnd + 1;
                    return true;
                }

                searched = end - start;
                MakeRoom();
                var read = stream.Read(buffer, end, buffer.Length - end);
                if (read == 0)
                {
                    (lineStart, lineEnd) = (start, end);
                    start = end;
                    return lineEnd > lineStart;
                }

                end += read;
            }
        }

        /// <summary>Moves the begun line to the front, and grows the buffer when the line fills it.</summary>
        private void MakeRoom()
        {
            buffer.AsSpan(start..end).CopyTo(buffer);
            (start, end) = (0, end - start);
            if (end == buffer.Length)
            {
                if (end > longest)
                {
                    throw new InvalidDataException($"a line is longer than {longest} bytes.");
                }

                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }
}
