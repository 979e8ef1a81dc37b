using System.Buffers;
using System.Text;

namespace Flyball.Native.DuckDb;

/// <summary>
/// Adds rows to a table, value after value: it writes into one of DuckDB's chunks and hands it over when 2048 rows are full.
/// Rows become part of the table at <see cref="Close"/>; disposing an appender that was not closed drops rows not yet handed over.
/// Use from one thread at a time.
/// </summary>
public sealed unsafe class DuckDbAppender : IDisposable
{
    private readonly DuckDbAppenderHandle appender;
    private readonly DuckDbChunkHandle chunk;
    private readonly string table;
    private readonly DuckDbType[] types;
    private readonly nint[] vectors;
    private readonly nint[] values;
    private readonly nint[] validity;
    private readonly int capacity = (int)DuckDbApi.VectorSize();
    private int row;
    private int column;
    private bool closed;

    private DuckDbAppender(DuckDbAppenderHandle appender, DuckDbChunkHandle chunk, string table, DuckDbType[] types)
    {
        this.appender = appender;
        this.chunk = chunk;
        this.table = table;
        this.types = types;
        vectors = new nint[types.Length];
        values = new nint[types.Length];
        validity = new nint[types.Length];
        LocateVectors();
    }

    /// <summary>Rows ended so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Bytes of all texts appended so far, in UTF-8.</summary>
    public long TextBytes { get; private set; }

    /// <summary>Writes a BOOLEAN.</summary>
    public void Append(bool value) => *(bool*)Next(DuckDbType.Boolean, sizeof(bool), nameof(Boolean)) = value;

    /// <summary>Writes an INTEGER.</summary>
    public void Append(int value) => *(int*)Next(DuckDbType.Integer, sizeof(int), nameof(Int32)) = value;

    /// <summary>Writes a BIGINT.</summary>
    public void Append(long value) => *(long*)Next(DuckDbType.BigInt, sizeof(long), nameof(Int64)) = value;

    /// <summary>Writes a FLOAT.</summary>
    public void Append(float value) => *(float*)Next(DuckDbType.Float, sizeof(float), nameof(Single)) = value;

    /// <summary>Writes a DOUBLE.</summary>
    public void Append(double value) => *(double*)Next(DuckDbType.Double, sizeof(double), nameof(Double)) = value;

    /// <summary>Writes a TIMESTAMP.</summary>
    /// <param name="micros">Microseconds since 1970-01-01T00:00:00Z.</param>
    public void AppendTimestampMicros(long micros) => *(long*)Next(DuckDbType.Timestamp, sizeof(long), "a timestamp") = micros;

    /// <summary>Writes a VARCHAR; null writes NULL.</summary>
    public void Append(string? value)
    {
        if (value is null)
        {
            AppendNull();
            return;
        }

        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        var rented = most <= 512 ? null : ArrayPool<byte>.Shared.Rent(most);
        var room = rented is null ? stackalloc byte[512] : rented;
        WriteText(room[..Encoding.UTF8.GetBytes(value, room)]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Writes a VARCHAR.</summary>
    /// <exception cref="DuckDbException">The bytes are not UTF-8.</exception>
    public void Append(ReadOnlySpan<byte> utf8)
    {
        if (!System.Text.Unicode.Utf8.IsValid(utf8))
        {
            throw new DuckDbException($"The text for column {column + 1} of {table} is not UTF-8.");
        }

        WriteText(utf8);
    }

    /// <summary>Writes NULL.</summary>
    public void AppendNull()
    {
        CheckColumn();
        SetNull(column++, row);
    }

    /// <summary>Ends the row.</summary>
    /// <exception cref="DuckDbException">A column has no value yet.</exception>
    public void EndRow()
    {
        CheckOpen();
        if (column != types.Length)
        {
            throw new DuckDbException($"The row has {column} values; {table} has {types.Length} columns.");
        }

        column = 0;
        Rows++;
        if (++row == capacity)
        {
            HandOver();
        }
    }

    /// <summary>
    /// Begins a whole chunk whose first columns are the first columns of another, of any type and without a copy; the rest is filled by <see cref="Fill"/>.
    /// </summary>
    /// <param name="other">Of a result whose columns have the types of the table's; good until <see cref="EndChunk"/>.</param>
    /// <param name="columns">How many of them.</param>
    /// <exception cref="DuckDbException">A row that was begun, or ended and not handed over, is in the way.</exception>
    public void BeginChunk(DuckDbChunk other, int columns)
    {
        ArgumentNullException.ThrowIfNull(other);
        CheckOpen();
        if (row > 0 || column > 0)
        {
            throw new DuckDbException($"Rows of {table} were begun one by one; a chunk can only follow whole chunks.");
        }

        for (var i = 0; i < columns; i++)
        {
            DuckDbApi.ReferenceVector(vectors[i], other.Vector(i));
        }
    }

    /// <summary>Writes values of one column of the chunk that was begun.</summary>
    /// <param name="into">The column: BOOLEAN, BIGINT, DOUBLE or TIMESTAMP.</param>
    /// <param name="first">The row of the first value.</param>
    /// <param name="bits">64 bits a value; of a BOOLEAN, whether they are zero.</param>
    /// <param name="present">0 for a NULL, else 1; as many.</param>
    public void Fill(int into, int first, ReadOnlySpan<long> bits, ReadOnlySpan<byte> present)
    {
        CheckOpen();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, capacity - bits.Length);
        switch (types[into])
        {
            case DuckDbType.Boolean:
                for (var i = 0; i < bits.Length; i++)
                {
                    ((bool*)values[into])[first + i] = bits[i] != 0;
                }

                break;
            case DuckDbType.BigInt or DuckDbType.Double or DuckDbType.Timestamp:
                bits.CopyTo(new Span<long>((long*)values[into] + first, bits.Length));
                break;
            default:
                throw new DuckDbException($"Column {into + 1} of {table} is {types[into]}; it cannot be filled by bits.");
        }

        for (var next = present.IndexOf((byte)0); next >= 0;)
        {
            SetNull(into, first + next);
            var more = present[(next + 1)..].IndexOf((byte)0);
            next = more < 0 ? -1 : next + 1 + more;
        }
    }

    /// <summary>Hands the chunk over.</summary>
    /// <param name="count">How many rows it has, at most 2048.</param>
    public void EndChunk(int count)
    {
        CheckOpen();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, capacity);
        row = count;
        Rows += count;
        HandOver();
    }

    /// <summary>Stores the rows. Nothing can be appended afterwards.</summary>
    /// <exception cref="DuckDbException">A row is not ended, or DuckDB refused the rows.</exception>
    public void Close()
    {
        CheckOpen();
        if (column != 0)
        {
            throw new DuckDbException($"The last row of {table} has not ended.");
        }

        if (row > 0)
        {
            HandOver();
        }

        closed = true;
        Check(DuckDbApi.CloseAppender(appender));
    }

    public void Dispose()
    {
        if (!closed && !appender.IsClosed)
        {
            // Destroying an appender stores what it was handed; dropping that is what a caller who did not close wants.
            _ = DuckDbApi.ClearAppender(appender);
        }

        closed = true;
        chunk.Dispose();
        appender.Dispose();
    }

    /// <summary>Takes ownership of <paramref name="appender"/>, also when this fails.</summary>
    internal static DuckDbAppender Over(DuckDbAppenderHandle appender, string table)
    {
        var logical = new nint[DuckDbApi.AppenderColumnCount(appender)];
        try
        {
            var found = new DuckDbType[logical.Length];
            for (var i = 0; i < logical.Length; i++)
            {
                logical[i] = DuckDbApi.AppenderColumnType(appender, (ulong)i);
                found[i] = DuckDbApi.TypeOf(logical[i]);
            }

            fixed (nint* all = logical)
            {
                var room = DuckDbApi.CreateChunk(all, (ulong)logical.Length);
                return room.IsInvalid
                    ? throw new DuckDbException($"DuckDB could not create a chunk for {table}.")
                    : new(appender, room, table, found);
            }
        }
        catch
        {
            appender.Dispose();
            throw;
        }
        finally
        {
            foreach (ref var type in logical.AsSpan())
            {
                DuckDbApi.DestroyLogicalType(ref type);
            }
        }
    }

    private void WriteText(ReadOnlySpan<byte> utf8)
    {
        var at = (DuckDbText*)Next(DuckDbType.VarChar, sizeof(DuckDbText), "a text");
        TextBytes += utf8.Length;
        if (utf8.Length <= DuckDbText.MostInPlace)
        {
            at->SetInPlace(utf8);
            return;
        }

        fixed (byte* text = utf8)
        {
            DuckDbApi.AssignText(vectors[column - 1], (ulong)row, text, (ulong)utf8.Length);
        }
    }

    private void SetNull(int at, int of)
    {
        if (validity[at] == 0)
        {
            DuckDbApi.EnsureValidityWritable(vectors[at]);
            validity[at] = (nint)DuckDbApi.VectorValidity(vectors[at]);
        }

        ((ulong*)validity[at])[of >> 6] &= ~(1UL << (of & 63));
    }

    /// <summary>Where the next value goes.</summary>
    private byte* Next(DuckDbType type, int size, string what)
    {
        CheckColumn();
        if (types[column] != type)
        {
            throw new DuckDbException($"Column {column + 1} of {table} is {types[column]}; {what} does not go there.");
        }

        return (byte*)values[column++] + ((long)row * size);
    }

    private void HandOver()
    {
        DuckDbApi.SetChunkSize(chunk, (ulong)row);
        Check(DuckDbApi.AppendChunk(appender, chunk));
        DuckDbApi.ResetChunk(chunk);
        row = 0;
        LocateVectors();
    }

    /// <summary>A reset chunk may have other memory than before.</summary>
    private void LocateVectors()
    {
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = DuckDbApi.ChunkVector(chunk, (ulong)i);
            values[i] = (nint)DuckDbApi.VectorValues(vectors[i]);
            validity[i] = (nint)DuckDbApi.VectorValidity(vectors[i]);
        }
    }

    private void CheckColumn()
    {
        CheckOpen();
        if (column == types.Length)
        {
            throw new DuckDbException($"The row has more values than {table} has columns, {types.Length}.");
        }
    }

    private void CheckOpen() => ObjectDisposedException.ThrowIf(closed, this);

    private void Check(int state)
    {
        if (state != 0)
        {
            throw new DuckDbException(DuckDbApi.Message(DuckDbApi.AppenderError(appender)));
        }
    }
}
