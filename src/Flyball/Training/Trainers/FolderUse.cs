using System.Globalization;

namespace Flyball.Training.Trainers;

/// <summary>What a folder holds, all of it together.</summary>
/// <param name="Bytes">The sizes of its files, each entry counted with 4 KB at least; up to the first that was too much.</param>
/// <param name="Obstacle">Why it cannot be measured; null when it was.</param>
internal readonly record struct FolderUse(long Bytes, string? Obstacle)
{
    private const int Deepest = 64;
    private const long LeastOfAnEntry = 4096;

    /// <summary>Follows no links. Cost: a look at each entry, until there is more than <paramref name="most"/>.</summary>
    public static FolderUse Of(string folder, long most)
    {
        long total = 0;
        var open = new Stack<(DirectoryInfo Directory, int Depth)>([(new DirectoryInfo(folder), 0)]);
        while (open.TryPop(out var next))
        {
            if (next.Depth > Deepest)
            {
                return new FolderUse(total, string.Create(CultureInfo.InvariantCulture, $"has folders more than {Deepest} deep"));
            }

            try
            {
                foreach (var entry in next.Directory.EnumerateFileSystemInfos())
                {
                    total += SizeOf(entry);
                    if (total > most)
                    {
                        return new FolderUse(total, null);
                    }

                    if (entry is DirectoryInfo { LinkTarget: null } inner)
                    {
                        open.Push((inner, next.Depth + 1));
                    }
                }
            }
            catch (UnauthorizedAccessException)
            {
                return new FolderUse(total, "has a folder that cannot be looked into");
            }
            catch (IOException)
            {
                // It went away while it was looked at: the next look counts what is left.
            }
        }

        return new FolderUse(total, null);
    }

    private static long SizeOf(FileSystemInfo entry)
    {
        try
        {
            return entry is FileInfo { LinkTarget: null } file ? Math.Max(file.Length, LeastOfAnEntry) : LeastOfAnEntry;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }
}
