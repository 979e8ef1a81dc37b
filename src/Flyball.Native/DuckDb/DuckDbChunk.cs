using System.Text;

namespace Flyball.Native.DuckDb;

/// <summary>
/// Some rows of a result, by column, in DuckDB's own memory: its spans are good until the result's next chunk or its disposal.
/// </summary>
public sealed unsafe class DuckDbChunk
{
    private readonly DuckDbChunkHandle handle;
    private readonly IReadOnlyList<DuckDbColumn> columns;
    private readonly nint[] values;
    private readonly nint[] validity;

    internal DuckDbChunk(DuckDbChunkHandle handle, IReadOnlyList<DuckDbColumn> columns)
    {
        this.handle = handle;
        this.columns = columns;
        RowCount = (int)DuckDbApi.ChunkSize(handle);
        values = new nint[columns.Count];
        validity = new nint[columns.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var vector = DuckDbApi.ChunkVector(handle, (ulong)i);
            values[i] = (nint)DuckDbApi.VectorValues(vector);
            validity[i] = (nint)DuckDbApi.VectorValidity(vector);
        }
    }

    /// <summary>Rows here, 1 to 2048.</summary>
    public int RowCount { get; }

    /// <summary>The values of one column; a NULL's value is undefined, ask <see cref="IsNull"/>.</summary>
    /// <typeparam name="T">
    /// What the column's type is in memory: bool, sbyte to ulong, float, double; <c>long</c> for times and timestamps, <c>int</c> for a date.
    /// </typeparam>
    /// <exception cref="DuckDbException">The column is of another type.</exception>
    public ReadOnlySpan<T> Column<T>(int column)
        where T : unmanaged
    {
        CheckOpen();
        return InMemory(columns[column].Type) == typeof(T)
            ? new ReadOnlySpan<T>((void*)values[column], RowCount)
            : throw new DuckDbException($"Column {columns[column].Name} is {columns[column].Type}, which is not read as {typeof(T).Name}.");
    }

    /// <summary>False when no value of the column is NULL, told without looking at any.</summary>
    public bool MayHoldNulls(int column)
    {
        CheckOpen();
        return validity[column] != 0;
    }

    /// <summary>Whether a value is NULL.</summary>
    public bool IsNull(int column, int row)
    {
        CheckOpen();
        CheckRow(row);
        var bits = (ulong*)validity[column];
        return bits is not null && (bits[row >> 6] & (1UL << (row & 63))) == 0;
    }

    /// <summary>The bytes of a text or blob; empty for NULL.</summary>
    /// <exception cref="DuckDbException">The column is neither.</exception>
    public ReadOnlySpan<byte> Utf8(int column, int row)
    {
        if (columns[column].Type is not (DuckDbType.VarChar or DuckDbType.Blob))
        {
            throw new DuckDbException($"Column {columns[column].Name} is {columns[column].Type}, not a text.");
        }

        return IsNull(column, row) ? [] : ((DuckDbText*)values[column] + row)->Bytes;
    }

    /// <summary>A text; empty for NULL.</summary>
    public string Text(int column, int row) => Encoding.UTF8.GetString(Utf8(column, row));

    /// <summary>The vector of a column, of whatever type.</summary>
    internal nint Vector(int column) => DuckDbApi.ChunkVector(handle, (ulong)column);

    internal void Release() => handle.Dispose();

    private static Type? InMemory(DuckDbType type) => type switch
    {
        DuckDbType.Boolean => typeof(bool),
        DuckDbType.TinyInt => typeof(sbyte),
        DuckDbType.SmallInt => typeof(short),
        DuckDbType.Integer or DuckDbType.Date => typeof(int),
        DuckDbType.BigInt or DuckDbType.Time or DuckDbType.Timestamp or DuckDbType.TimestampTz
            or DuckDbType.TimestampSeconds or DuckDbType.TimestampMillis or DuckDbType.TimestampNanos => typeof(long),
        DuckDbType.UTinyInt => typeof(byte),
        DuckDbType.USmallInt => typeof(ushort),
        DuckDbType.UInteger => typeof(uint),
        DuckDbType.UBigInt => typeof(ulong),
        DuckDbType.Float => typeof(float),
        DuckDbType.Double => typeof(double),
        DuckDbType.HugeInt => typeof(Int128),
        _ => null,
    };

    private void CheckOpen() => ObjectDisposedException.ThrowIf(handle.IsClosed, this);

    private void CheckRow(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, RowCount);
    }
}
