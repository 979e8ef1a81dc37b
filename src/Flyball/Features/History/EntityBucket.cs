using System.Globalization;

namespace Flyball.Features.History;

/// <summary>One of several parts of the entities, told apart by a stable hash of the key: the same everywhere and in every run.</summary>
/// <param name="Index">From 0, as indexed jobs count.</param>
/// <param name="Count">Into how many parts the entities are parted.</param>
public readonly record struct EntityBucket(int Index, int Count)
{
    /// <summary>The most parts there may be.</summary>
    public const int Most = 65_536;

    /// <summary>All entities.</summary>
    public static EntityBucket Whole => new(0, 1);

    public bool IsWhole => Count == 1;

    /// <summary>Reads <c>I/N</c> with 0 ≤ I &lt; N.</summary>
    public static bool TryParse(string? text, out EntityBucket bucket)
    {
        bucket = Whole;
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (slash < 0
            || !int.TryParse(text.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count is < 1 or > Most || index >= count)
        {
            return false;
        }

        bucket = new(index, count);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");

    /// <summary>Whether a key of this hash belongs here.</summary>
    internal bool Holds(ulong keyHash) => keyHash % (ulong)Count == (ulong)Index;
}
