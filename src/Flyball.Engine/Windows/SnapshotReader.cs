using System.Buffers.Binary;

namespace Flyball.Engine.Windows;

/// <summary>Reads what <see cref="SnapshotWriter"/> wrote; behind the end it gives zeros and is no longer good.</summary>
internal ref struct SnapshotReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    public bool Good { get; private set; } = true;

    public readonly bool AtEnd => rest.IsEmpty;

    public byte Byte()
    {
        var one = Raw(1);
        return one.IsEmpty ? (byte)0 : one[0];
    }

    public ReadOnlySpan<byte> Raw(int length)
    {
        if (length > rest.Length)
        {
            Good = false;
            return [];
        }

        var taken = rest[..length];
        rest = rest[length..];
        return taken;
    }

    public ulong Fixed()
    {
        var taken = Raw(sizeof(ulong));
        return taken.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(taken);
    }

    public UInt128 Wide()
    {
        var low = Fixed();
        return new(Fixed(), low);
    }

    public long Number()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var one = Byte();
            value |= (ulong)(one & 0x7F) << shift;
            if (one < 0x80)
            {
                return unchecked((long)(value >> 1) ^ -(long)(value & 1));
            }
        }

        Good = false;
        return 0;
    }

    public string Text()
    {
        var length = Number();
        if (length < 0 || length > rest.Length)
        {
            Good = false;
            return "";
        }

        var units = new char[length];
        for (var i = 0; i < units.Length; i++)
        {
            units[i] = unchecked((char)Number());
        }

        return new(units);
    }
}
