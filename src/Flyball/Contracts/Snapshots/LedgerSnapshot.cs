using System.Buffers;
using System.Text;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Storage.Snapshots;

namespace Flyball.Contracts.Snapshots;

/// <summary>
/// Where in the log what is no accepted row stands. Positions of rows that were put aside are kept as they are; the other records, such as
/// decisions and references, are few: they are read again at their positions.
/// </summary>
internal sealed class LedgerSnapshot(ContractSet contracts, IReadOnlyList<SourceState> sources) : ISnapshotPart
{
    private const string Form = "ledger 2";

    private readonly Lock gate = new();
    private readonly List<long> others = [];
    private readonly List<(SourceState Source, byte[] Bytes)> activities = [];

    public string Name => "ledger";

    /// <summary>Every contract: whose record a stream holds, and which rows count as unread, depends on all of them.</summary>
    public Digest Identity { get; } = Digest.Of($"{Form}\n{string.Join('\n', contracts.Plans.Select(p => $"{p.Source} {p.Digest.Hex}").Order(StringComparer.Ordinal))}");

    /// <summary>The position up to which the ledger was read from a snapshot.</summary>
    public long Restored { get; private set; }

    /// <summary>Rows of the log that no contract reads.</summary>
    public long Unread { get; private set; }

    /// <summary>The position that is being written: later ones are left out.</summary>
    public Horizon Writing { get; set; }

    /// <summary>Positions to read again, after <see cref="TryRead"/>.</summary>
    public IReadOnlyList<long> Others => others;

    /// <summary>A row that no contract reads.</summary>
    public void AddUnread(long seq) => Unread += seq > Restored ? 1 : 0;

    /// <summary>A record that is neither an accepted row nor one that was put aside; in the order of the log.</summary>
    public void Add(long seq)
    {
        lock (gate)
        {
            others.Add(seq);
        }
    }

    public void Write(SnapshotBuilder into)
    {
        var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(Unread);
        lock (gate)
        {
            WritePositions(writer, others);
        }

        writer.Write(sources.Count);
        foreach (var source in sources)
        {
            writer.Write(source.Plan.Source);
            WritePositions(writer, source.Quarantine.After(0, int.MaxValue));
            var activity = new ArrayBufferWriter<byte>();
            source.Activity.Write(activity);
            writer.Write(activity.WrittenCount);
            writer.Write(activity.WrittenSpan);
        }

        writer.Flush();
        into.Writer.Write(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        into.CloseBlock();
    }

    public bool TryRead(SnapshotSection section, Horizon complete)
    {
        byte[] buffer = [];
        if (section.Count != 1 || !section.TryRead(0, ref buffer, out var block))
        {
            return false;
        }

        using var reader = new BinaryReader(new MemoryStream(block.ToArray()), Encoding.UTF8);
        Unread = reader.ReadInt64();
        others.AddRange(ReadPositions(reader));
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            // The identity says that these are the sources there are.
            var name = reader.ReadString();
            var source = sources.First(s => string.Equals(s.Plan.Source, name, StringComparison.Ordinal));
            foreach (var seq in ReadPositions(reader))
            {
                source.Quarantine.Add(seq);
            }

            activities.Add((source, reader.ReadBytes(reader.ReadInt32())));
        }

        Restored = complete.Seq;
        return true;
    }

    /// <summary>After the other records were noted again, some of which speak about the activity as it was then.</summary>
    public void RestoreActivities()
    {
        foreach (var (source, bytes) in activities)
        {
            source.Activity.Read(bytes);
        }

        activities.Clear();
    }

    private void WritePositions(BinaryWriter writer, List<long> positions)
    {
        // Later ones come again from the log.
        var at = positions.BinarySearch(Writing.Seq + 1);
        var count = at < 0 ? ~at : at;
        writer.Write(count);
        for (var i = 0; i < count; i++)
        {
            writer.Write(positions[i]);
        }
    }

    private static List<long> ReadPositions(BinaryReader reader)
    {
        var positions = new List<long>();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            positions.Add(reader.ReadInt64());
        }

        return positions;
    }
}
