using Flyball.Engine.Time;
using Flyball.Storage.Journals;
using Flyball.Storage.Snapshots;

namespace Flyball.Contracts.Snapshots;

/// <summary>
/// What the event log and its subscribers hold, written to one file and read back.
/// 1. The position of the file is taken before the first part is written, so each part holds every row up to it. 2. Rows that came while it
/// was written come again at the next start, and change nothing in a part that has them. 3. A part that cannot be used begins at the begin of the log;
/// the others need not.
/// </summary>
internal sealed class LogSnapshot
{
    private readonly Journal journal;
    private readonly SourceStates sources;
    private readonly HashKeySnapshot hash;
    private readonly List<(ISnapshotPart Part, IReadOnlyList<SourceState> Feeds)> parts = [];
    private readonly HashSet<SourceState> unkept = [];
    private readonly HashSet<string> rebuilt = new(StringComparer.Ordinal);

    public LogSnapshot(Journal journal, SourceStates sources, SipHash hash)
    {
        this.journal = journal;
        this.sources = sources;
        this.hash = new HashKeySnapshot(hash);
        foreach (var state in sources.All)
        {
            parts.Add((new KeySnapshot(state, Ledger.Identity), [state]));
        }
    }

    private LedgerSnapshot Ledger => sources.Ledger;

    /// <summary>Names of the parts that a restore could not use.</summary>
    public IReadOnlyCollection<string> Rebuilt => rebuilt.Count == 0 ? Array.Empty<string>() : rebuilt;

    /// <param name="part">Null for a subscriber that keeps nothing, or keeps it elsewhere: it needs every row of its sources.</param>
    /// <param name="feeds">The sources whose rows it takes.</param>
    public void Add(ISnapshotPart? part, IReadOnlyList<SourceState> feeds)
    {
        if (part is null)
        {
            unkept.UnionWith(feeds);
        }
        else
        {
            parts.Add((part, feeds));
        }
    }

    /// <summary>Gives the parts what is in the file, and tells each source from where on its rows are needed.</summary>
    /// <returns>The position behind which the log is to be read; null when the file is of another log.</returns>
    public Horizon? Restore(SnapshotFile snapshot)
    {
        var (complete, latest, mark) = snapshot.Position;
        if (complete.Seq < 1 || latest > journal.Durable || complete > latest || JournalMark.Of(journal, latest) != mark)
        {
            return null;
        }

        foreach (var source in sources.All)
        {
            source.Restored = unkept.Contains(source) ? 0 : complete.Seq;
        }

        // Keys are nothing without the key of their hashes; the rest would be good.
        var hashed = TryRead(hash, snapshot, complete);
        foreach (var (part, feeds) in parts)
        {
            if ((part is KeySnapshot && !hashed) || !TryRead(part, snapshot, complete))
            {
                rebuilt.Add(part.Name);
                foreach (var source in feeds)
                {
                    source.Restored = 0;
                }
            }
        }

        var from = TryRead(Ledger, snapshot, complete) ? complete.Seq : 0;
        if (from == 0)
        {
            rebuilt.Add(Ledger.Name);
        }

        foreach (var record in RecordsAt.Read(journal, Ledger.Others))
        {
            sources.Note(record);
        }

        Ledger.RestoreActivities();
        return new Horizon(sources.All.Select(s => s.Restored).Append(from).Min());
    }

    /// <summary>Writes all parts and puts the file in its place. One call at a time; rows may come meanwhile.</summary>
    /// <param name="path">The file.</param>
    /// <param name="applied">Up to where every subscriber has seen the log.</param>
    public SnapshotPosition Write(string path, Func<Horizon> applied)
    {
        var complete = applied();
        using var builder = new SnapshotBuilder(path);
        Ledger.Writing = complete;
        foreach (var part in parts.Select(p => p.Part).Prepend(Ledger).Prepend(hash))
        {
            builder.Begin(part.Name, part.Identity);
            part.Write(builder);
        }

        var latest = applied();
        var position = new SnapshotPosition(complete, latest, JournalMark.Of(journal, latest) ?? throw new InvalidOperationException("The log is empty."));
        builder.Commit(position);
        return position;
    }

    private static bool TryRead(ISnapshotPart part, SnapshotFile snapshot, Horizon complete) =>
        snapshot.Find(part.Name) is { } section && section.Identity == part.Identity && part.TryRead(section, complete);
}
