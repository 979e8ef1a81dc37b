using System.Globalization;
using System.Text;
using Flyball.Engine.Identity;

namespace Flyball.Storage.Audit;

/// <summary>Opens a log's files: checks that the tail is what the checkpoint signed, and clears away what a crash left unsigned.</summary>
/// <remarks>
/// 1. The checkpoint is signed by the log's key.
/// 2. The partial tiles follow from what is below them, entries and full tiles, and their root is the signed one.
/// 3. Files beyond the signed size come from a commit that never ended. A few are set aside; more than one commit could
///    leave means that the checkpoint was put back, which is refused.
/// </remarks>
internal sealed class AuditStart(string directory, AuditKey key)
{
    private readonly TileFiles files = new(directory);

    internal (AuditCheckpoint Checkpoint, RightEdge Edge, List<byte[]> Bundle) Run()
    {
        var checkpoint = ReadCheckpoint();
        SetUnsignedAside(checkpoint.Size);
        var bundle = ReadBundle(checkpoint.Size);
        var edge = RightEdge.Of(checkpoint.Size, tile => ReadTile(tile, bundle));
        return edge.Root() == checkpoint.Root
            ? (checkpoint, edge, bundle)
            : throw AuditProblems.Differs(files.CheckpointFile, "the entries do not give the root that was signed.");
    }

    private AuditCheckpoint ReadCheckpoint()
    {
        if (!File.Exists(files.CheckpointFile))
        {
            if (files.All().Any())
            {
                throw AuditProblems.Differs(files.CheckpointFile, "there are entries and no checkpoint.");
            }

            // Written before the first entry, so that a missing checkpoint is never the trace of a crash.
            var empty = AuditCheckpoint.Sign(0, MerkleTree.EmptyRoot, key);
            Native.Posix.PosixFile.ReplaceFile(files.CheckpointFile, Encoding.UTF8.GetBytes(empty.Note));
            return empty;
        }

        return AuditCheckpoint.TryRead(File.ReadAllBytes(files.CheckpointFile), key.Verifier, out var defect)
            ?? throw AuditProblems.Differs(files.CheckpointFile, $"the checkpoint is refused: {defect}");
    }

    private void SetUnsignedAside(long size)
    {
        var below = size.ToString(CultureInfo.InvariantCulture);
        foreach (var path in files.All().ToArray())
        {
            if (path.EndsWith(".tmp", StringComparison.Ordinal))
            {
                File.Delete(Path.Combine(directory, path));
            }
            else if (TileName.Parse(path) is { } tile && tile.Covers > size)
            {
                if (tile.Covers > size + AuditLog.CommitEntries)
                {
                    throw AuditProblems.Differs(
                        Path.Combine(directory, path),
                        string.Create(CultureInfo.InvariantCulture, $"there are entries up to {tile.Covers}, and the checkpoint signs {size}: it is older than the log."));
                }

                files.SetAside(path, below);
            }
        }
    }

    private List<byte[]> ReadBundle(long size)
    {
        if (size % TileName.Full == 0)
        {
            return [];
        }

        var tile = TileName.In(size, TileName.Entries, size / TileName.Full)!.Value;
        return files.TryReadEntries(tile)
            ?? throw AuditProblems.Differs(files.PathOf(tile), "the last entries are missing or damaged.");
    }

    private List<Digest> ReadTile(TileName tile, List<byte[]> bundle)
    {
        List<Digest> expected = tile.Level == 0
            ? [.. bundle.Select(entry => MerkleTree.Leaf(entry))]
            : [.. Enumerable.Range(0, tile.Width).Select(i => Below(tile, i))];
        if (files.TryRead(tile) is null)
        {
            files.Write(tile, TileFiles.Pack(expected));
            return expected;
        }

        return files.TryReadHashes(tile) is { } stored && stored.SequenceEqual(expected)
            ? expected
            : throw AuditProblems.Differs(files.PathOf(tile), $"a tile does not follow from what is below it{Below(tile, files.TryReadHashes(tile), expected)}.");
    }

    /// <summary>Which entry it is, for the tiles whose entries were read: the entry may have changed as well as the hash.</summary>
    private string Below(TileName tile, List<Digest>? stored, List<Digest> expected)
    {
        if (tile.Level > 0 || stored is null)
        {
            return "";
        }

        var first = stored.Zip(expected).TakeWhile(pair => pair.First == pair.Second).Count();
        var entries = files.PathOf(TileName.In(tile.Covers, TileName.Entries, tile.Index)!.Value);
        return string.Create(CultureInfo.InvariantCulture, $", from entry {(tile.Index * TileName.Full) + first} in {entries} on");
    }

    private Digest Below(TileName tile, int i)
    {
        var child = new TileName(tile.Level - 1, (tile.Index * TileName.Full) + i, TileName.Full);
        return files.TryReadHashes(child) is { } hashes
            ? RightEdge.Fold(hashes, 0, TileName.Full)
            : throw AuditProblems.Differs(files.PathOf(child), "a tile is missing or damaged.");
    }
}
