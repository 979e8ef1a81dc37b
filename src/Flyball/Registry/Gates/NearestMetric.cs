namespace Flyball.Registry.Gates;

/// <summary>The metric that a misspelt name most likely means.</summary>
internal static class NearestMetric
{
    /// <summary>The metric whose name takes the fewest changes, when they are few against its length.</summary>
    public static string? Of(string name)
    {
        var near = GateMetric.All.Keys.Select(k => (Name: k, Changes: Changes(name, k))).MinBy(k => (k.Changes, k.Name));
        return near.Changes <= Math.Max(2, near.Name.Length / 3) ? near.Name : null;
    }

    /// <summary>Levenshtein's distance, one row of the table at a time.</summary>
    private static int Changes(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (char.ToLowerInvariant(a[i - 1]) == b[j - 1] ? 0 : 1));
                diagonal = row[j];
                row[j] = change;
            }
        }

        return row[^1];
    }
}
