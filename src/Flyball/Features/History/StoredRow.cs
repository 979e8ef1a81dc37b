using System.Buffers.Binary;
using Flyball.Engine.Windows;

namespace Flyball.Features.History;

/// <summary>
/// A row as bytes, of an event or of the spine: its length, the hash of its key, two times, a number, a mark, the key, an identity where the mark
/// says so, then cells. An event's number is its position in the log and its mark the kind of its identity; a row of the spine has its instant, what
/// was known by when, its ordinal, and the mark 1 when the second time is stated.
/// </summary>
internal static class StoredRow
{
    public const int HashAt = 4;
    public const int TimeAt = 12;
    public const int KnownAt = 20;
    public const int NumberAt = 28;
    public const int MarkAt = 36;
    public const int KeyLengthAt = 37;
    public const int KeyAt = 41;
    public const int IdentityBytes = 16;

    public static ReadOnlySpan<byte> At(ReadOnlySpan<byte> block, int offset) =>
        block.Slice(offset, BinaryPrimitives.ReadInt32LittleEndian(block[offset..]));

    public static ulong Hash(ReadOnlySpan<byte> row) => BinaryPrimitives.ReadUInt64LittleEndian(row[HashAt..]);

    public static long Time(ReadOnlySpan<byte> row) => BinaryPrimitives.ReadInt64LittleEndian(row[TimeAt..]);

    public static long Known(ReadOnlySpan<byte> row) => BinaryPrimitives.ReadInt64LittleEndian(row[KnownAt..]);

    public static long Number(ReadOnlySpan<byte> row) => BinaryPrimitives.ReadInt64LittleEndian(row[NumberAt..]);

    public static byte Mark(ReadOnlySpan<byte> row) => row[MarkAt];

    public static ReadOnlySpan<byte> Key(ReadOnlySpan<byte> row) => row.Slice(KeyAt, KeyLength(row));

    public static RowStamp Stamp(ReadOnlySpan<byte> row) => new(new(Time(row)), new(Known(row)), Number(row));

    public static RowIdentity Identity(ReadOnlySpan<byte> row) => Mark(row) switch
    {
        0 => RowIdentity.None,
        1 => RowIdentity.Of(IdentityKey(row)),
        _ => RowIdentity.Retraction(IdentityKey(row)),
    };

    /// <summary>The cells of an event.</summary>
    public static CellReader EventCells(ReadOnlySpan<byte> row) => new(Cells(row));

    /// <summary>The bytes of the cells of an event.</summary>
    public static ReadOnlySpan<byte> Cells(ReadOnlySpan<byte> row) => row[(KeyAt + KeyLength(row) + (Mark(row) == 0 ? 0 : IdentityBytes))..];

    /// <summary>Writes the head of a row without an identity, but for its length.</summary>
    public static void Write(Span<byte> row, ulong hash, long time, long known, long number, int keyLength)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(row[HashAt..], hash);
        BinaryPrimitives.WriteInt64LittleEndian(row[TimeAt..], time);
        BinaryPrimitives.WriteInt64LittleEndian(row[KnownAt..], known);
        BinaryPrimitives.WriteInt64LittleEndian(row[NumberAt..], number);
        row[MarkAt] = 0;
        BinaryPrimitives.WriteInt32LittleEndian(row[KeyLengthAt..], keyLength);
    }

    /// <summary>Writes a cell that is no text, and gives its length. Bits go as they are: a number becomes a value when it is read back, and then has one zero.</summary>
    public static int WriteCell(Span<byte> at, byte kind, long bits)
    {
        at[0] = kind;
        if (kind <= CellReader.True)
        {
            return 1;
        }

        BinaryPrimitives.WriteInt64LittleEndian(at[1..], bits);
        return KeyHash.CellBytes;
    }

    private static int KeyLength(ReadOnlySpan<byte> row) => BinaryPrimitives.ReadInt32LittleEndian(row[KeyLengthAt..]);

    private static UInt128 IdentityKey(ReadOnlySpan<byte> row) => BinaryPrimitives.ReadUInt128LittleEndian(row[(KeyAt + KeyLength(row))..]);
}
