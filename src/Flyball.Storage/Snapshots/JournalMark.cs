using System.Text;
using Flyball.Engine.Time;
using Flyball.Storage.Journals;

namespace Flyball.Storage.Snapshots;

/// <summary>Tells one log from another by one of its records.</summary>
public static class JournalMark
{
    /// <summary>Names the record at a position by its place, its time and its bytes; null when the log does not reach so far.</summary>
    public static ulong? Of(Journal journal, Horizon at)
    {
        ArgumentNullException.ThrowIfNull(journal);
        if (at.Seq < 1)
        {
            return null;
        }

        foreach (var record in journal.Read(new Horizon(at.Seq - 1), at))
        {
            var head = Encoding.UTF8.GetBytes($"{record.Seq:D} {record.KnownAt.Micros:D} {record.Stream}");
            return ((ulong)Crc32C.Of(head) << 32) | Crc32C.Of(record.Payload.Span);
        }

        return null;
    }
}
