using System.Buffers;
using System.Buffers.Binary;

namespace Flyball.Contracts.Snapshots;

/// <summary>A whole number in a snapshot: 8 bytes, least first.</summary>
internal static class NumberForm
{
    private const int WideBytes = 16;

    public static void Write(IBufferWriter<byte> into, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(into.GetSpan(sizeof(long)), value);
        into.Advance(sizeof(long));
    }

    /// <summary>Reads what <see cref="Write"/> wrote, and goes behind it.</summary>
    public static long Read(ref ReadOnlySpan<byte> from)
    {
        var value = BinaryPrimitives.ReadInt64LittleEndian(from);
        from = from[sizeof(long)..];
        return value;
    }

    /// <summary>Writes 16 bytes, least first.</summary>
    public static void WriteWide(IBufferWriter<byte> into, UInt128 value)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(into.GetSpan(WideBytes), value);
        into.Advance(WideBytes);
    }

    /// <summary>Reads 16 bytes, and goes behind them.</summary>
    public static UInt128 ReadWide(ref ReadOnlySpan<byte> from)
    {
        var value = BinaryPrimitives.ReadUInt128LittleEndian(from);
        from = from[WideBytes..];
        return value;
    }
}
