using System.Globalization;

namespace Flyball.Storage.Audit;

/// <summary>The place of a tile in C2SP's tlog-tiles layout. Level -1 holds the entries themselves.</summary>
/// <param name="Level">Hashes at this level each cover 256^level entries.</param>
/// <param name="Index">From 0.</param>
/// <param name="Width">Hashes or entries in it: 256, or fewer in a partial tile.</param>
internal readonly record struct TileName(int Level, long Index, int Width)
{
    internal const int Full = 256;
    internal const int Entries = -1;

    /// <summary>The part of the path that is the same for the full tile and its partial ones.</summary>
    private string Stem
    {
        get
        {
            var digits = (Index % 1000).ToString("D3", CultureInfo.InvariantCulture);
            for (var rest = Index / 1000; rest > 0; rest /= 1000)
            {
                digits = string.Create(CultureInfo.InvariantCulture, $"x{rest % 1000:D3}/{digits}");
            }

            return Level == Entries ? $"tile/entries/{digits}" : string.Create(CultureInfo.InvariantCulture, $"tile/{Level}/{digits}");
        }
    }

    /// <summary>Relative to the log's directory, with slashes.</summary>
    internal string Path => Width == Full ? Stem : string.Create(CultureInfo.InvariantCulture, $"{PartialFolder}/{Width}");

    /// <summary>Where the tile's partial forms lie.</summary>
    internal string PartialFolder => Stem + ".p";

    /// <summary>Entries that a log must have for this file to exist.</summary>
    internal long Covers => Level <= 0 ? (Index * Full) + Width : ((Index * Full) + Width) << (8 * Level);

    /// <summary>The tile that a log of <paramref name="size"/> entries has at this place; null when it has none.</summary>
    internal static TileName? In(long size, int level, long index)
    {
        var hashes = level == Entries ? size : size >> (8 * level);
        var width = Math.Min(hashes - (index * Full), Full);
        return width > 0 ? new(level, index, (int)width) : null;
    }

    /// <summary>Null when the path is no tile's.</summary>
    internal static TileName? Parse(string path)
    {
        var parts = path.Split('/');
        if (parts.Length < 3 || parts[0] != "tile")
        {
            return null;
        }

        var width = Full;
        var last = parts.Length;
        if (parts[^2].EndsWith(".p", StringComparison.Ordinal))
        {
            if (!Number(parts[^1], out width))
            {
                return null;
            }

            last--;
        }

        var level = Entries;
        if (parts[1] != "entries" && !Number(parts[1], out level))
        {
            return null;
        }

        long index = 0;
        for (var i = 2; i < last; i++)
        {
            var group = parts[i].TrimStart('x');
            group = group.EndsWith(".p", StringComparison.Ordinal) ? group[..^2] : group;
            if (!Number(group, out var digits) || index > long.MaxValue / 2000)
            {
                return null;
            }

            index = (index * 1000) + digits;
        }

        var name = new TileName(level, index, width);
        return level <= 6 && width is > 0 and <= Full && name.Path == path ? name : null;

        static bool Number(string text, out int number) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
