using System.Globalization;

namespace Flyball.Governance;

/// <summary>
/// The place of a file below <c>tile/</c> in C2SP's tlog-tiles layout, read strictly: only the one spelling that the format has for a
/// level, an index and a width is a tile, so a request never says where on the disk to look.
/// </summary>
/// <param name="Level">0 to 63; null is the bundle of entries.</param>
/// <param name="Index">From 0.</param>
/// <param name="Width">1 to 256; 256 is the full tile.</param>
internal readonly record struct TilePath(int? Level, long Index, int Width)
{
    private const int Full = 256;
    private const int HighestLevel = 63;
    private const int MostGroups = 6;

    /// <summary>Its file, relative to the log's directory.</summary>
    public string File
    {
        get
        {
            var groups = (Index % 1000).ToString("D3", CultureInfo.InvariantCulture);
            for (var rest = Index / 1000; rest > 0; rest /= 1000)
            {
                groups = $"x{(rest % 1000).ToString("D3", CultureInfo.InvariantCulture)}/{groups}";
            }

            var level = Level is { } number ? number.ToString(CultureInfo.InvariantCulture) : "entries";
            return Width == Full ? $"tile/{level}/{groups}" : string.Create(CultureInfo.InvariantCulture, $"tile/{level}/{groups}.p/{Width}");
        }
    }

    /// <summary>Reads what a request has after <c>tile/</c>; null when the format has no such tile.</summary>
    public static TilePath? Parse(string text)
    {
        var parts = text.Split('/');
        var width = Full;
        if (parts.Length >= 3 && parts[^2].EndsWith(".p", StringComparison.Ordinal))
        {
            if (!Number(parts[^1], 3, out width) || width is < 1 or >= Full)
            {
                return null;
            }

            parts = [.. parts[..^2], parts[^2][..^2]];
        }

        int? level = null;
        if (parts[0] != "entries")
        {
            if (!Number(parts[0], 2, out var number) || number > HighestLevel)
            {
                return null;
            }

            level = number;
        }

        return IndexOf(parts.AsSpan(1)) is { } index && new TilePath(level, index, width) is var tile && tile.File == $"tile/{text}" ? tile : null;
    }

    private static long? IndexOf(ReadOnlySpan<string> groups)
    {
        if (groups.Length is 0 or > MostGroups)
        {
            return null;
        }

        long index = 0;
        for (var i = 0; i < groups.Length; i++)
        {
            var last = i == groups.Length - 1;
            if ((!last && !groups[i].StartsWith('x')) || !Number(last ? groups[i] : groups[i][1..], 3, out var digits))
            {
                return null;
            }

            index = (index * 1000) + digits;
        }

        return index;
    }

    private static bool Number(string text, int longest, out int number)
    {
        number = 0;
        return text.Length <= longest && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
