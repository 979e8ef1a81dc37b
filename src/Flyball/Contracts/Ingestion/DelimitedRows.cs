using CsvHelper;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Ingestion;

/// <summary>Rows of a delimited file with a header (RFC 4180; lines end in CR LF, LF or CR, also mixed).</summary>
internal sealed class DelimitedRows : IFileRows
{
    /// <summary>A longer record is not a row but a quote that never closes.</summary>
    private const int LongestRecord = 16 << 20;

    private static readonly Problem Quotes = new("FLY3112", "A value of the row goes on after its closing quote.", Remedy: "Double a quote inside a quoted value.");

    private readonly string name;
    private readonly CsvReader reader;
    private readonly VersionedCells cells;
    private readonly int[] kept;
    private readonly StandIns? stands;
    private readonly int ignored;
    private CsvMalformedReason? malformed;

    /// <param name="name">Name of the file.</param>
    /// <param name="terms">What it is read with.</param>
    /// <param name="stream">Its text.</param>
    /// <param name="separator">Between cells.</param>
    /// <exception cref="FlyballException">FLY3004: the file has no header, or one that does not fit.</exception>
    public DelimitedRows(string name, EventFileTerms terms, Stream stream, char separator)
    {
        this.name = name;
        var options = new CsvReaderOptions
        {
            Separator = separator,
            HasHeader = false,
            MaxRecordSize = LongestRecord,
            IncludeValuesInExceptions = false,
            BufferSize = 1 << 18,
            OnMalformedRecord = record => malformed ??= record.Reason,
            TrackLineNumbers = terms.CountsLines,
        };
        reader = CsvReader.Create(stream, options, leaveOpen: true);
        try
        {
            var columns = Read() ? FileColumns.Of([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetString(i).Trim())], terms.Plan, terms.KnownAt, terms.Earlier, name, terms.Unknown, terms.Requests)
                : throw Broken("The file is empty: not even a header is there.");
            kept = columns.Present ?? InContract(columns.Earlier!, terms);
            stands = StandIns.Of(terms.Plan, terms.Requests);
            ignored = columns.Ignored;
            cells = new VersionedCells(
                columns.Present is { } present ? new DelimitedCells(reader, terms.Plan, present, terms.KnownAt, stands) : null,
                columns.Earlier is { } earlier ? new DelimitedCells(reader, terms.Earlier!.Plan, earlier, terms.KnownAt) : null,
                terms.Earlier);
            Line = terms.CountsLines ? 2 : null;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    public long? Line { get; private set; }

    public long? KnownAt { get; private set; }

    public RequestReading Reading => new(stands?.Filled ?? [], ignored);

    public bool Has(int column) => kept.Contains(column);

    public bool TryAdd(RowBatch batch)
    {
        if (!Read())
        {
            return false;
        }

        RefuseOpenQuote();
        if (malformed == CsvMalformedReason.TextAfterClosingQuote)
        {
            batch.AddBroken(Quotes, reader.RawRecord);
        }
        else if (reader.FieldCount != kept.Length)
        {
            batch.AddBroken(Width(), reader.RawRecord);
        }
        else
        {
            batch.Add(cells.Judge(batch) ? null : batch.Originals.Delimited(kept, reader), reader.RawRecord.Length);
        }

        return true;
    }

    public bool TryRead(Span<Value> row, RowProblems problems)
    {
        if (!Read())
        {
            return false;
        }

        Line = Line is null ? null : reader.LineNumber;
        RefuseOpenQuote();
        problems.Clear();
        if (malformed == CsvMalformedReason.TextAfterClosingQuote)
        {
            problems.Add(Quotes);
        }
        else if (reader.FieldCount != kept.Length)
        {
            problems.Add(Width());
        }
        else
        {
            KnownAt = cells.Read(row, problems);
        }

        return true;
    }

    public bool TrySkip()
    {
        if (!Read())
        {
            return false;
        }

        Line = Line is null ? null : reader.LineNumber;
        RefuseOpenQuote();

        // Where the next row begins, should it be one that cannot be read at all.
        Line += 1 + reader.RawRecord.Count((byte)'\n');
        return true;
    }

    public void Dispose() => reader.Dispose();

    /// <summary>Where the columns of a row of the earlier version stand in the contract, for what is kept of one that is put aside.</summary>
    private static int[] InContract(int[] earlier, EventFileTerms terms) =>
        [.. earlier.Select(i => i < 0 ? i : terms.Plan.Schema.IndexOf(terms.Earlier!.Plan.Schema.Fields[i].Name))];

    private Problem Width() => new("FLY3112", FormattableString.Invariant($"The row has {reader.FieldCount} columns and the header {kept.Length}."));

    private void RefuseOpenQuote()
    {
        if (malformed == CsvMalformedReason.UnterminatedQuote)
        {
            throw Broken("A quote is opened and never closed.");
        }
    }

    private bool Read()
    {
        malformed = null;
        try
        {
            return reader.Read();
        }
        catch (CsvFormatException e)
        {
            throw Broken($"{e.Message} Is a quote opened and never closed?", e);
        }
    }

    private FlyballException Broken(string message, Exception? inner = null) => new(new Problem("FLY3004", message, new ProblemLocation(name)), inner);
}
