using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Flyball.Contracts;

/// <summary>
/// One shard of the durable keys: open addressing with linear probing, twelve bytes a place.
/// 1. A key's place is its high half scaled to the size (Lemire, "Fast random integer generation in an interval", 2019), so keys lie nearly
/// in order and growing is one pass through both tables. 2. Growing by a quarter at four fifths full keeps a row at 15 to 19 bytes.
/// 3. A key whose bits are all zero is kept as 1: it marks a free place.
/// </summary>
internal sealed class KeyTable
{
    private const int First = 16;
    private const int HeadBytes = 12;

    private ulong[] keys;
    private uint[] contents;

    public int Count { get; private set; }

    /// <summary>An empty one.</summary>
    public KeyTable() => (keys, contents) = (new ulong[First], new uint[First]);

    private KeyTable(int count, ReadOnlySpan<byte> keys, ReadOnlySpan<byte> contents)
    {
        Count = count;
        this.keys = MemoryMarshal.Cast<byte, ulong>(keys).ToArray();
        this.contents = MemoryMarshal.Cast<byte, uint>(contents).ToArray();
    }

    /// <summary>Memory of the table.</summary>
    public long Bytes => keys.Length * (long)(sizeof(ulong) + sizeof(uint));

    public bool TryGet(ulong key, out uint content)
    {
        key = key == 0 ? 1 : key;
        var at = Place(key, keys.Length);
        while (keys[at] != key)
        {
            if (keys[at] == 0)
            {
                content = 0;
                return false;
            }

            at = at + 1 == keys.Length ? 0 : at + 1;
        }

        content = contents[at];
        return true;
    }

    /// <summary>Keeps the first content of a key.</summary>
    public bool TryAdd(ulong key, uint content)
    {
        key = key == 0 ? 1 : key;
        if (Count * 5L >= keys.Length * 4L)
        {
            Grow();
        }

        if (!Put(keys, contents, key, content))
        {
            return false;
        }

        Count++;
        return true;
    }

    /// <summary>Writes it as it stands in memory, behind its number.</summary>
    public void Write(IBufferWriter<byte> into, int number)
    {
        var head = into.GetSpan(HeadBytes);
        BinaryPrimitives.WriteInt32LittleEndian(head, number);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], Count);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], keys.Length);
        into.Advance(HeadBytes);
        into.Write(MemoryMarshal.AsBytes(keys.AsSpan()));
        into.Write(MemoryMarshal.AsBytes(contents.AsSpan()));
    }

    /// <summary>Reads what <see cref="Write"/> wrote, whose bytes were checked, and goes behind it.</summary>
    public static KeyTable Read(ref ReadOnlySpan<byte> from, out int number)
    {
        number = BinaryPrimitives.ReadInt32LittleEndian(from);
        var count = BinaryPrimitives.ReadInt32LittleEndian(from[4..]);
        var size = BinaryPrimitives.ReadInt32LittleEndian(from[8..]);
        var keys = from.Slice(HeadBytes, size * sizeof(ulong));
        var contents = from.Slice(HeadBytes + keys.Length, size * sizeof(uint));
        from = from[(HeadBytes + keys.Length + contents.Length)..];
        return new KeyTable(count, keys, contents);
    }

    private static bool Put(ulong[] keys, uint[] contents, ulong key, uint content)
    {
        var at = Place(key, keys.Length);
        while (keys[at] != 0)
        {
            if (keys[at] == key)
            {
                return false;
            }

            at = at + 1 == keys.Length ? 0 : at + 1;
        }

        (keys[at], contents[at]) = (key, content);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Place(ulong key, int size) => (int)Math.BigMul(key, (ulong)size, out _);

    private void Grow()
    {
        var size = keys.Length + (keys.Length / 4);
        var (newKeys, newContents) = (new ulong[size], new uint[size]);
        for (var i = 0; i < keys.Length; i++)
        {
            if (keys[i] != 0)
            {
                Put(newKeys, newContents, keys[i], contents[i]);
            }
        }

        (keys, contents) = (newKeys, newContents);
    }
}
