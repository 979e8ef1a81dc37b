using CsvHelper;
using Flyball.Contracts.Privacy;
using Flyball.Contracts.Rows;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Ingestion;

/// <summary>
/// Rows of a delimited file with a header (RFC 4180; lines end in CR LF, LF or CR, also mixed). Texts get their types from the contract, and an
/// empty one is null.
/// </summary>
internal sealed class DelimitedRows : IFileRows
{
    /// <summary>A longer record is not a row but a quote that never closes.</summary>
    private const int LongestRecord = 16 << 20;

    private static readonly Problem Quotes = new("FLY3112", "A value of the row goes on after its closing quote.", Remedy: "Double a quote inside a quoted value.");

    private readonly string name;
    private readonly CsvReader reader;
    private readonly int[] columns;
    private readonly bool[] isEmpty;
    private readonly ContractPlan plan;
    private readonly FieldPlan[] fields;
    private readonly KnownAtColumn? knownAt;
    private CsvMalformedReason? malformed;

    /// <exception cref="FlyballException">FLY3004: the file has no header, or one that does not fit.</exception>
    public DelimitedRows(string name, ContractPlan plan, KnownAtColumn? knownAt, Stream stream, char separator)
    {
        (this.name, this.plan, this.knownAt, fields) = (name, plan, knownAt, plan.Fields);
        var options = new CsvReaderOptions
        {
            Separator = separator,
            HasHeader = false,
            MaxRecordSize = LongestRecord,
            IncludeValuesInExceptions = false,
            BufferSize = 1 << 18,
            OnMalformedRecord = record => malformed ??= record.Reason,
        };
        reader = CsvReader.Create(stream, options, leaveOpen: true);
        try
        {
            columns = Read() ? FileColumns.Of([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetString(i).Trim())], plan, knownAt, name)
                : throw Broken("The file is empty: not even a header is there.");
            isEmpty = new bool[plan.Fields.Length];
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    public bool TryAdd(RowBatch batch)
    {
        if (!Read())
        {
            return false;
        }

        if (malformed == CsvMalformedReason.UnterminatedQuote)
        {
            throw Broken("A quote is opened and never closed.");
        }

        if (malformed == CsvMalformedReason.TextAfterClosingQuote)
        {
            batch.AddBroken(Quotes, reader.RawRecord);
        }
        else if (reader.FieldCount != columns.Length)
        {
            batch.AddBroken(new Problem("FLY3112", FormattableString.Invariant($"The row has {reader.FieldCount} columns and the header {columns.Length}.")), reader.RawRecord);
        }
        else
        {
            AddRow(batch);
        }

        return true;
    }

    public void Dispose() => reader.Dispose();

    private void AddRow(RowBatch batch)
    {
        var row = batch.Row;
        var problems = batch.Problems;
        long? known = null;
        problems.Clear();
        row.Clear();
        Array.Clear(isEmpty);
        for (var i = 0; i < columns.Length; i++)
        {
            var text = reader.GetSpan(i);
            var index = columns[i];
            if (index == FileColumns.Beside)
            {
                known = ReadKnownAt(text, problems);
            }
            else if (text.IsEmpty)
            {
                isEmpty[index] = true;
            }
            else if (ValueReader.Read(fields[index], text, out row[index]) is { } problem)
            {
                row[index] = default;
                problems.Add(problem);
            }
            else
            {
                RowReader.Check(fields[index], row[index], problems);
                row[index] = fields[index].Privacy == PrivacyTreatment.Keep ? row[index] : plan.Protect(index, row[index]);
            }
        }

        for (var i = 0; i < fields.Length; i++)
        {
            // The header has every required column, and a value that was there and wrong was reported already.
            if (isEmpty[i] && fields[i].Required)
            {
                problems.Add(fields[i].Problems.Missing);
            }
        }

        batch.Add(batch.Judge(known) ? null : batch.Originals.Delimited(columns, reader), reader.RawRecord.Length);
    }

    private long? ReadKnownAt(ReadOnlySpan<byte> text, RowProblems problems)
    {
        if (Rfc3339.TryRead(text, out var micros))
        {
            return micros;
        }

        problems.Add(text.IsEmpty ? knownAt!.Problems.Null : knownAt!.Problems.TimeForm);
        return null;
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
