using System.Buffers;
using System.Buffers.Binary;

namespace Flyball.Contracts.Snapshots;

/// <summary>A whole number in a snapshot: 8 bytes, least first.</summary>
internal static class NumberForm
{
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
}
