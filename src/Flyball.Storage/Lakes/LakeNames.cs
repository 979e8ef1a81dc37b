using System.Text.RegularExpressions;

using Flyball.Engine.Identity;
using Flyball.Engine.Problems;

namespace Flyball.Storage.Lakes;

/// <summary>Which names a table, a column and a file may have. None of them can be a path.</summary>
internal static partial class LakeNames
{
    public static string Table(string name) =>
        IsTable(name) ? name : throw new FlyballException(LakeProblems.TableName(name));

    public static string File(string name) =>
        FilePattern().IsMatch(name) ? name : throw new FormatException($"{name} is not the name of a lake file.");

    public static bool IsTable(string name) => TablePattern().IsMatch(name);

    public static bool IsFile(string name) => FilePattern().IsMatch(name);

    /// <summary>Sequence numbers first, so that a listing is in order; the digest makes a name mean one content.</summary>
    public static string Of(long firstSeq, long lastSeq, Digest digest) => $"{firstSeq:D12}-{lastSeq:D12}-{digest.Short}.parquet";

    public static void Check(IReadOnlyList<LakeColumn> columns)
    {
        var seen = new HashSet<string>(LakeColumn.Leading, StringComparer.OrdinalIgnoreCase);
        foreach (var column in columns)
        {
            if (column.Name.Length is 0 or > 256 || column.Name.Any(char.IsControl) || !seen.Add(column.StoredName))
            {
                throw new FlyballException(LakeProblems.ColumnName(column.Name));
            }
        }
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,127}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TablePattern();

    [GeneratedRegex(@"\A[0-9]{12,19}-[0-9]{12,19}-[0-9a-f]{12}\.parquet\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex FilePattern();
}
