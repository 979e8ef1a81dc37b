using System.Buffers.Binary;
using System.Text;
using Flyball.Engine.Expressions;
using Flyball.Engine.Windows;

namespace Flyball.Features.History;

/// <summary>Encodes one row after another in the form of <see cref="StoredRow"/>: begin, the key, stamp, cells, end. Allocates nothing per row once it is warm.</summary>
internal sealed class RowBytes
{
    private byte[] bytes = new byte[512];
    private int length;

    /// <summary>Begins a row; its key comes next.</summary>
    public void Begin() => length = StoredRow.KeyAt;

    /// <summary>Ends the key that was written as one cell, and gives its hash.</summary>
    public ulong EndKey()
    {
        var key = bytes.AsSpan(StoredRow.KeyAt, length - StoredRow.KeyAt);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(StoredRow.KeyLengthAt), key.Length);
        var hash = KeyHash.Of(key);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(StoredRow.HashAt), hash);
        return hash;
    }

    /// <summary>States the times, the number and the identity of the row. Cells come after it.</summary>
    public void Stamp(RowStamp stamp, RowIdentity identity)
    {
        Stamp(stamp.EventTime.Micros, stamp.KnownAt.Micros, stamp.Seq, identity.IsKeyed ? (byte)(identity.Kind == RowKind.Row ? 1 : 2) : (byte)0);
        if (identity.IsKeyed)
        {
            BinaryPrimitives.WriteUInt128LittleEndian(Room(StoredRow.IdentityBytes), identity.Key);
        }
    }

    public void Stamp(long time, long known, long number, byte mark)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(StoredRow.TimeAt), time);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(StoredRow.KnownAt), known);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(StoredRow.NumberAt), number);
        bytes[StoredRow.MarkAt] = mark;
    }

    public ReadOnlySpan<byte> End()
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        return bytes.AsSpan(0, length);
    }

    public void PutNull() => Room(1)[0] = CellReader.Null;

    public void Put(bool value) => Room(1)[0] = value ? CellReader.True : CellReader.False;

    public void PutInteger(long value) => Put(CellReader.Integer, value);

    public void PutNumber(double value) => Put(CellReader.Number, BitConverter.DoubleToInt64Bits(value + 0.0));

    public void PutTimestamp(long micros) => Put(CellReader.Timestamp, micros);

    public void PutText(ReadOnlySpan<byte> utf8)
    {
        var room = Room(5 + utf8.Length);
        room[0] = CellReader.Text;
        BinaryPrimitives.WriteInt32LittleEndian(room[1..], utf8.Length);
        utf8.CopyTo(room[5..]);
    }

    public void Put(in Value value)
    {
        switch (value.Kind)
        {
            case null:
                PutNull();
                break;
            case ScalarType.Boolean:
                Put(value.AsBoolean);
                break;
            case ScalarType.Integer:
                PutInteger(value.AsInteger);
                break;
            case ScalarType.Number:
                PutNumber(value.AsNumber);
                break;
            case ScalarType.Timestamp:
                PutTimestamp(value.AsTimestamp.Micros);
                break;
            default:
                PutText(Encoding.UTF8.GetBytes(value.AsText));
                break;
        }
    }

    private void Put(byte kind, long bits)
    {
        var room = Room(9);
        room[0] = kind;
        BinaryPrimitives.WriteInt64LittleEndian(room[1..], bits);
    }

    private Span<byte> Room(int count)
    {
        if (length + count > bytes.Length)
        {
            Array.Resize(ref bytes, Math.Max(bytes.Length * 2, length + count));
        }

        length += count;
        return bytes.AsSpan(length - count, count);
    }
}
