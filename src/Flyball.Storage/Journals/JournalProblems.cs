using System.Globalization;
using Flyball.Engine.Problems;

namespace Flyball.Storage.Journals;

/// <summary>The journal's refusals.</summary>
internal static class JournalProblems
{
    internal const string BrokenCode = "FLY2001";
    internal const string CorruptCode = "FLY2002";
    internal const string HeldCode = "FLY2003";
    internal const string BatchCode = "FLY2004";
    internal const string NoRoomCode = "FLY2046";

    /// <summary>The paths of this machine are for its operator: a message goes to senders too, and names the file inside the journal's folder.</summary>
    internal static Problem Broken(string directory, string reason) => new(
        BrokenCode,
        $"The journal stopped taking appends: {reason.Replace(Path.GetFullPath(directory) + Path.DirectorySeparatorChar, "", StringComparison.Ordinal)}",
        new ProblemLocation(directory),
        "Nothing unacknowledged is kept. Check the disk, then restart: the journal recovers what was acknowledged.");

    internal static FlyballException NoRoom(string directory, Exception refused) => new(
        new Problem(
            NoRoomCode,
            "The journal's disk has no room for the batch.",
            new ProblemLocation(directory),
            "Nothing of it was kept. Make room where the data directory is and send it again: the journal goes on by itself."),
        refused);

    internal static FlyballException Corrupt(string file, long offset, string seen) => new(new Problem(
        CorruptCode,
        string.Create(CultureInfo.InvariantCulture, $"The journal is damaged at byte {offset}: {seen}"),
        new ProblemLocation(file),
        "Acknowledged records are unreadable, so nothing is cut. Restore the file from a backup or a replica."));

    internal static FlyballException Held(string directory, Exception refused) => new(
        new Problem(HeldCode, "The journal is open elsewhere.", new ProblemLocation(directory), "Stop the other process first."), refused);

    internal static FlyballException Batch(string seen) => new(new Problem(BatchCode, seen));
}
