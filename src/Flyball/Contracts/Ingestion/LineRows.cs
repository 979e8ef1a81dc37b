using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Ingestion;

/// <summary>Rows of a file with one JSON object a line; lines end in LF, CR LF or CR, also mixed, and empty ones are passed over.</summary>
internal sealed class LineRows(string name, EventFileTerms terms, Stream stream) : IFileRows
{
    private const int Longest = 16 << 20;

    private byte[] buffer = new byte[1 << 17];
    private int start;
    private int end;
    private bool begun;
    private bool afterReturn;
    private RowReader? requests;

    public long? Line { get; private set; } = 1;

    public long? KnownAt => requests?.BesideMicros;

    public RequestReading Reading => requests?.Reading ?? new([], 0);

    public bool Has(int column) => true;

    public bool TryAdd(RowBatch batch)
    {
        if (!TryReadRow(out var line))
        {
            return false;
        }

        batch.AddJson(line);
        return true;
    }

    public bool TryRead(Span<Value> row, RowProblems problems)
    {
        if (!TryReadRow(out var line))
        {
            return false;
        }

        requests ??= RowReader.ForRequest(terms.Plan, terms.Unknown < 0 ? [] : [terms.Unknown], terms.Requests, terms.KnownAt);
        _ = requests.Read(line, row, problems);
        return true;
    }

    public bool TrySkip() => TryReadRow(out _);

    public void Dispose()
    {
        // The stream belongs to the file.
    }

    private bool TryReadRow(out ReadOnlySpan<byte> row)
    {
        while (TryRead(out row))
        {
            row = row.Trim(" \t"u8);
            if (!row.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A raw CR or LF stands in no JSON text, so each ends a line; the line is good until the next read.</summary>
    private bool TryRead(out ReadOnlySpan<byte> line)
    {
        var searched = start;
        while (true)
        {
            var at = buffer.AsSpan(searched, end - searched).IndexOfAny((byte)'\n', (byte)'\r');
            if (at >= 0)
            {
                line = buffer.AsSpan(start, searched + at - start);
                var isReturn = buffer[searched + at] == (byte)'\r';
                Line += line.IsEmpty && afterReturn && !isReturn ? 0 : 1;
                afterReturn = isReturn;
                start = searched + at + 1;
                return true;
            }

            var known = end - start;
            MakeRoom();
            var read = stream.Read(buffer, end, buffer.Length - end);
            if (read == 0)
            {
                line = buffer.AsSpan(start, end - start);
                start = end;
                return !line.IsEmpty;
            }

            end += read;
            searched = start + known;
            SkipMark();
            searched = Math.Max(searched, start);
        }
    }

    /// <summary>The UTF-8 mark that some programs write first.</summary>
    private void SkipMark()
    {
        if (!begun && end - start >= 3)
        {
            begun = true;
            start += buffer.AsSpan(start, end - start).StartsWith("\uFEFF"u8) ? 3 : 0;
        }
    }

    /// <summary>Moves the begun line to the front, and grows the buffer when the line fills it.</summary>
    private void MakeRoom()
    {
        buffer.AsSpan(start..end).CopyTo(buffer);
        (start, end) = (0, end - start);
        if (end == buffer.Length)
        {
            if (end >= Longest)
            {
                throw new FlyballException(new Problem("FLY3004", $"A line is longer than {Longest} bytes.", new ProblemLocation(name)));
            }

            Array.Resize(ref buffer, buffer.Length * 2);
        }
    }
}
