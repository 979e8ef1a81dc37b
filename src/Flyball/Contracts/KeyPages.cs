using System.Runtime.InteropServices;

namespace Flyball.Contracts;

/// <summary>
/// The memory of tables of keys, in pages of one size: a table that grows gives its old pages to the next one that grows, so that growing
/// leaves nothing for the collector, which would take it late. Not thread-safe: its owner's lock guards it.
/// </summary>
/// <param name="hasContents">Whether 32 bits stand beside each key.</param>
internal sealed class KeyPages(bool hasContents)
{
    public const int PlaceBits = 8;

    /// <summary>Places of a page: small enough for the collector to move, and large beside an array's head.</summary>
    public const int Places = 1 << PlaceBits;

    private readonly Stack<ulong[]> free = [];
    private readonly int words = hasContents ? Places + (Places / 2) : Places;

    public bool HasContents => hasContents;

    /// <summary>Memory of one page.</summary>
    public long Bytes => words * (long)sizeof(ulong);

    /// <summary>The 32 bits beside the keys of a page: they stand behind them, two in a word.</summary>
    public static Span<uint> Contents(ulong[] page) => MemoryMarshal.Cast<ulong, uint>(page.AsSpan(Places));

    /// <summary>A page of free places.</summary>
    public ulong[] Take() => free.TryPop(out var page) ? page : new ulong[words];

    public void GiveBack(ulong[] page)
    {
        page.AsSpan(0, Places).Clear();
        free.Push(page);
    }
}
