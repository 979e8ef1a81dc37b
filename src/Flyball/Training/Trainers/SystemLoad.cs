using System.Globalization;

namespace Flyball.Training.Trainers;

/// <summary>What Linux says of processes under <c>/proc</c>.</summary>
internal static class SystemLoad
{
    /// <summary>Threads of the whole system, which is what a user's limit is set above.</summary>
    public static long Threads() =>
        long.TryParse(File.ReadAllText("/proc/loadavg").Split(' ')[3].Split('/')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var threads) ? threads : 4096;

    /// <summary>Processes of a session. Cost: one small read a process of the system.</summary>
    /// <param name="session">Its leader.</param>
    public static int ProcessesOf(int session)
    {
        var (count, wanted) = (0, session.ToString(CultureInfo.InvariantCulture));
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!char.IsAsciiDigit(Path.GetFileName(directory)[0]))
            {
                continue;
            }

            try
            {
                // The name stands in parentheses and may hold anything; behind it are state, parent, group, session.
                var stat = File.ReadAllText(Path.Combine(directory, "stat"));
                count += stat[(stat.LastIndexOf(')') + 2)..].Split(' ', 5)[3] == wanted ? 1 : 0;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or IndexOutOfRangeException)
            {
                // It ended in between.
            }
        }

        return count;
    }
}
