using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Flyball.Contracts.Snapshots;

namespace Flyball.Contracts;

/// <summary>
/// One shard of many keys: open addressing with linear probing, eight bytes a place, and four more where each key has a content.
/// 1. A key's place is its high half scaled to the size (Lemire, "Fast random integer generation in an interval", 2019), so keys lie nearly
/// in order and growing is one pass through both tables. 2. Growing by an eighth at four fifths full keeps a key at 10 to 11.3 bytes, with a
/// content at 15 to 16.9. 3. A key whose bits are all zero is kept as 1: it marks a free place.
/// </summary>
internal sealed class KeyTable(KeyPages memory)
{
    private ulong[][] pages = [];

    public int Count { get; private set; }

    /// <summary>Tables that hand their pages on to each other.</summary>
    public static KeyTable[] Shards(int count, bool hasContents)
    {
        var memory = new KeyPages(hasContents);
        return [.. Enumerable.Range(0, count).Select(_ => new KeyTable(memory))];
    }

    /// <summary>Memory of the table.</summary>
    public long Bytes => pages.Length * memory.Bytes;

    private int Size => pages.Length << KeyPages.PlaceBits;

    public bool TryGet(ulong key, out uint content)
    {
        content = 0;
        if (pages.Length == 0)
        {
            return false;
        }

        key = key == 0 ? 1 : key;
        var (page, at, isThere) = Find(pages, key);
        content = isThere && memory.HasContents ? KeyPages.Contents(page)[at] : 0;
        return isThere;
    }

    /// <summary>Keeps the first content of a key; false when the key is there.</summary>
    public bool TryAdd(ulong key, uint content)
    {
        key = key == 0 ? 1 : key;
        if (Count * 5L >= Size * 4L)
        {
            Grow();
        }

        var (page, at, isThere) = Find(pages, key);
        if (isThere)
        {
            return false;
        }

        page[at] = key;
        if (memory.HasContents)
        {
            KeyPages.Contents(page)[at] = content;
        }

        Count++;
        return true;
    }

    /// <summary>The keys, in no order.</summary>
    public IEnumerable<ulong> Keys() => pages.SelectMany(p => p.Take(KeyPages.Places)).Where(k => k != 0);

    /// <summary>Writes it as it stands in memory.</summary>
    public void Write(IBufferWriter<byte> into)
    {
        NumberForm.Write(into, Count);
        NumberForm.Write(into, pages.Length);
        foreach (var page in pages)
        {
            into.Write(MemoryMarshal.AsBytes(page.AsSpan()));
        }
    }

    /// <summary>Takes over what <see cref="Write"/> wrote, whose bytes were checked, and goes behind it.</summary>
    public void Read(ref ReadOnlySpan<byte> from)
    {
        Clear();
        Count = (int)NumberForm.Read(ref from);
        pages = new ulong[NumberForm.Read(ref from)][];
        for (var i = 0; i < pages.Length; i++)
        {
            pages[i] = memory.Take();
            var bytes = MemoryMarshal.AsBytes(pages[i].AsSpan());
            from[..bytes.Length].CopyTo(bytes);
            from = from[bytes.Length..];
        }
    }

    public void Clear()
    {
        foreach (var page in pages)
        {
            memory.GiveBack(page);
        }

        pages = [];
        Count = 0;
    }

    /// <summary>Where the key is, or the free place where it would be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (ulong[] Page, int At, bool IsThere) Find(ulong[][] pages, ulong key)
    {
        var place = (int)Math.BigMul(key, (ulong)pages.Length << KeyPages.PlaceBits, out _);
        var number = place >> KeyPages.PlaceBits;
        var page = pages[number];
        for (var at = place & (KeyPages.Places - 1); ; at++)
        {
            if (at == KeyPages.Places)
            {
                number = number + 1 == pages.Length ? 0 : number + 1;
                (page, at) = (pages[number], 0);
            }

            if (page[at] == key || page[at] == 0)
            {
                return (page, at, page[at] != 0);
            }
        }
    }

    private void Grow()
    {
        var larger = new ulong[pages.Length + Math.Max(1, pages.Length / 8)][];
        for (var i = 0; i < larger.Length; i++)
        {
            larger[i] = memory.Take();
        }

        foreach (var page in pages)
        {
            Move(page, larger);
            memory.GiveBack(page);
        }

        pages = larger;
    }

    private void Move(ulong[] from, ulong[][] larger)
    {
        for (var i = 0; i < KeyPages.Places; i++)
        {
            if (from[i] == 0)
            {
                continue;
            }

            var (page, at, _) = Find(larger, from[i]);
            page[at] = from[i];
            if (memory.HasContents)
            {
                KeyPages.Contents(page)[at] = KeyPages.Contents(from)[i];
            }
        }
    }
}
