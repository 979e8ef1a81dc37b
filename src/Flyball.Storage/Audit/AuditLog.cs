using System.Text;
using System.Text.Json.Nodes;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Native.Posix;

namespace Flyball.Storage.Audit;

/// <summary>
/// The record of governed actions as a transparency log: entries, a Merkle tree over them, and a signed checkpoint, in
/// files that other people's tools read (C2SP tlog-tiles).
/// </summary>
/// <remarks>
/// Safe from any thread. A commit writes entries, then tiles, then the checkpoint, each synced before the next; concurrent
/// appends share one. An entry that no checkpoint covers was never acknowledged.
/// </remarks>
public sealed class AuditLog : IAsyncDisposable
{
    /// <summary>Most entries in one commit, and so the most that a crash leaves unsigned.</summary>
    internal const int CommitEntries = 1000;

    private readonly object gate = new();
    private readonly string directory;
    private readonly AuditKey key;
    private readonly TimeProvider time;
    private readonly TileFiles files;
    private readonly FileStream held;
    private readonly RightEdge edge;
    private readonly List<byte[]> bundle;
    private readonly Queue<Pending> queue = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AuditCheckpoint checkpoint;
    private FlyballException? broken;
    private bool closing;

    private AuditLog(string directory, AuditKey key, TimeProvider time, FileStream held)
    {
        (this.directory, this.key, this.time, this.held) = (directory, key, time, held);
        files = new(directory);
        (checkpoint, edge, bundle) = new AuditStart(directory, key).Run();
    }

    /// <summary>Entries that are durable and signed.</summary>
    public long Size => Checkpoint.Size;

    /// <summary>The last signed checkpoint.</summary>
    public AuditCheckpoint Checkpoint => Volatile.Read(ref checkpoint);

    /// <summary>Why nothing more can be appended; null while the log is good.</summary>
    public Problem? Problem
    {
        get
        {
            lock (gate)
            {
                return broken?.Problem;
            }
        }
    }

    /// <summary>Opens or creates a log and verifies its tail.</summary>
    /// <param name="directory">Where its files lie; may be published as it is.</param>
    /// <param name="origin">The log's name, which is the key's.</param>
    /// <param name="key">Signs the checkpoints.</param>
    /// <param name="time">The entries' time.</param>
    /// <exception cref="FlyballException">FLY2030 names the file that does not verify. FLY2034: another process has the log open.</exception>
    public static AuditLog Open(string directory, string origin, AuditKey key, TimeProvider time)
    {
        if (key.Verifier.Name != origin)
        {
            throw new ArgumentException("The key signs for another log.", nameof(key));
        }

        PosixFile.CreateDirectory(directory);
        FileStream taken;
        try
        {
            taken = new FileStream(Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException refused)
        {
            throw new FlyballException(
                new Problem("FLY2034", "The audit log is open elsewhere.", new ProblemLocation(directory), "Stop the other process first."), refused);
        }

        try
        {
            var log = new AuditLog(directory, key, time, taken);
            new Thread(log.Run) { IsBackground = true, Name = "flyball audit" }.Start();
            return log;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>Appends an entry; the answer arrives when it is durable and a signed checkpoint covers it.</summary>
    /// <param name="entry">Copied before this returns.</param>
    /// <param name="ct">Observed until the entry is queued.</param>
    /// <exception cref="FlyballException">FLY2031: the entry is too large. FLY2033: the log cannot be written, now or before.</exception>
    public ValueTask<AuditReceipt> AppendAsync(AuditEntry entry, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var longest = entry.ToLine(long.MaxValue, DateTimeOffset.MaxValue).Length;
        if (longest > TileFiles.EntryBytes)
        {
            throw AuditProblems.TooLarge(longest);
        }

        var pending = new Pending(entry with { Details = entry.Details?.DeepClone() as JsonObject });
        lock (gate)
        {
            if (broken is not null)
            {
                throw broken;
            }

            ObjectDisposedException.ThrowIf(closing, this);
            queue.Enqueue(pending);
            Monitor.Pulse(gate);
        }

        return new(pending.Task);
    }

    /// <summary>Signed entries from an index on, at most <paramref name="count"/>.</summary>
    public IEnumerable<AuditEntryLine> Read(long from, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        var size = Size;
        var end = Math.Min(size, from + count);
        for (var index = from; index < end;)
        {
            var tile = TileName.In(size, TileName.Entries, index / TileName.Full)!.Value;
            var entries = files.TryReadEntries(tile) ?? throw AuditProblems.Differs(files.PathOf(tile), "the entries are missing or damaged.");
            for (; index < end && index / TileName.Full == tile.Index; index++)
            {
                yield return new(index, entries[(int)(index % TileName.Full)]);
            }
        }
    }

    /// <summary>Proves entry <paramref name="index"/> to be in the log as it was at <paramref name="size"/> entries.</summary>
    public IReadOnlyList<Digest> InclusionProof(long index, long size)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Size);
        return MerkleTree.InclusionProof(index, size, StoredNodes());
    }

    /// <summary>Proves that the log of <paramref name="size"/> entries starts with the one of <paramref name="old"/>.</summary>
    public IReadOnlyList<Digest> ConsistencyProof(long old, long size)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Size);
        return MerkleTree.ConsistencyProof(old, size, StoredNodes());
    }

    /// <summary>Checks all of the log's files; see <see cref="AuditVerifier.Verify"/>.</summary>
    public AuditVerification Verify() => AuditVerifier.Verify(directory, key.Verifier);

    /// <summary>Refuses new entries, signs what is queued, and closes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            closing = true;
            Monitor.Pulse(gate);
        }

        await ended.Task.ConfigureAwait(false);
    }

    private MerkleTree.NodeAt StoredNodes()
    {
        var size = Size;
        var read = new Dictionary<(int, long), List<Digest>>();
        return (level, index) =>
        {
            var (row, first) = (level / 8, index << (level % 8));
            var place = (row, first / TileName.Full);
            if (!read.TryGetValue(place, out var hashes))
            {
                var tile = TileName.In(size, row, first / TileName.Full)!.Value;
                hashes = files.TryReadHashes(tile) ?? throw AuditProblems.Differs(files.PathOf(tile), "the tile is missing or damaged.");
                read.Add(place, hashes);
            }

            return RightEdge.Fold(hashes, (int)(first % TileName.Full), 1 << (level % 8));
        };
    }

    private void Run()
    {
        var group = new List<Pending>();
        try
        {
            while (Take(group))
            {
                Commit(group);
            }
        }
        catch (Exception failure)
        {
            lock (gate)
            {
                broken = AuditProblems.Broken(directory, failure);
                group.AddRange(queue);
                queue.Clear();
            }

            group.ForEach(p => p.TrySetException(broken));
        }
        finally
        {
            held.Dispose();
            ended.SetResult();
        }
    }

    private bool Take(List<Pending> group)
    {
        group.Clear();
        lock (gate)
        {
            while (queue.Count == 0)
            {
                if (closing)
                {
                    return false;
                }

                Monitor.Wait(gate);
            }

            while (group.Count < CommitEntries && queue.TryDequeue(out var pending))
            {
                group.Add(pending);
            }

            return true;
        }
    }

    private void Commit(List<Pending> group)
    {
        var completed = new List<TileName>();
        foreach (var pending in group)
        {
            var line = pending.Entry.ToLine(edge.Size, time.GetUtcNow());
            pending.Index = edge.Size;
            pending.Leaf = MerkleTree.Leaf(line);
            bundle.Add(line);
            if (bundle.Count == TileName.Full)
            {
                Write(new(TileName.Entries, edge.Size / TileName.Full, TileName.Full), TileFiles.Pack(bundle));
                bundle.Clear();
            }

            edge.Add(pending.Leaf, (tile, hashes) => Write(tile, TileFiles.Pack(hashes)));
        }

        if (bundle.Count > 0)
        {
            files.Write(new(TileName.Entries, edge.Size / TileName.Full, bundle.Count), TileFiles.Pack(bundle));
        }

        foreach (var (tile, hashes) in edge.Partials())
        {
            if (!File.Exists(files.PathOf(tile)) || tile.Level == 0)
            {
                files.Write(tile, TileFiles.Pack(hashes));
            }
        }

        var signed = AuditCheckpoint.Sign(edge.Size, edge.Root(), key);
        PosixFile.ReplaceFile(files.CheckpointFile, Encoding.UTF8.GetBytes(signed.Note));
        Volatile.Write(ref checkpoint, signed);
        completed.ForEach(files.DropPartials);
        group.ForEach(p => p.TrySetResult(new(p.Index, p.Leaf, signed)));

        void Write(TileName tile, byte[] bytes)
        {
            files.Write(tile, bytes);
            completed.Add(tile);
        }
    }

    private sealed class Pending(AuditEntry entry) : TaskCompletionSource<AuditReceipt>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        internal AuditEntry Entry => entry;

        internal long Index { get; set; }

        internal Digest Leaf { get; set; }
    }
}
