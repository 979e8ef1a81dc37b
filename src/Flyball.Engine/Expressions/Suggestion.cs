namespace Flyball.Engine.Expressions;

/// <summary>Finds the known name that a misspelt one most likely meant.</summary>
internal static class Suggestion
{
    private const int MostListed = 8;

    /// <summary>"Did you mean 'x'?", or what there is to choose from, or null when there is nothing.</summary>
    public static string? For(string written, IEnumerable<string> known, string what)
    {
        var names = known.Order(StringComparer.Ordinal).ToList();
        if (Nearest(written, names) is { } near)
        {
            return $"Did you mean '{near}'?";
        }

        var listed = string.Join(", ", names.Take(MostListed));
        return names.Count switch
        {
            0 => null,
            <= MostListed => $"Known {what}: {listed}.",
            _ => $"Known {what}: {listed} and {names.Count - MostListed} more.",
        };
    }

    public static string? Nearest(string written, IEnumerable<string> known)
    {
        string? best = null;
        var least = Math.Clamp(written.Length / 3, 1, 3) + 1;
        foreach (var name in known)
        {
            var suffix = name.EndsWith("." + written, StringComparison.Ordinal);
            var distance = suffix ? 0 : Distance(written.ToUpperInvariant(), name.ToUpperInvariant());
            if (distance < least)
            {
                (best, least) = (name, distance);
            }
        }

        return best;
    }

    /// <summary>Edits (insert, delete, replace, swap neighbours) from one word to the other. Cost: the product of the lengths.</summary>
    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 3)
        {
            return int.MaxValue;
        }

        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }

                var change = a[i - 1] == b[j - 1] ? 0 : 1;
                var edits = Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    edits = Math.Min(edits, rows[i - 2, j - 2] + 1);
                }

                rows[i, j] = edits;
            }
        }

        return rows[a.Length, b.Length];
    }
}
