using System.Globalization;
using System.Text.Json;
using Flyball.Engine.Identity;

namespace Flyball.Storage.Audit;

/// <summary>Checks a whole log with nothing but its files and the public key.</summary>
/// <remarks>A log may be checked while it grows: what lies within one commit beyond the checkpoint is not judged.</remarks>
public sealed class AuditVerifier
{
    private readonly TileFiles files;
    private readonly long size;
    private readonly RightEdge edge = new();
    private string? difference;

    private AuditVerifier(TileFiles files, long size) => (this.files, this.size) = (files, size);

    /// <summary>
    /// The checkpoint's signature, every entry against the tiles, every tile against the ones below it, the root against
    /// the checkpoint, and no file that does not belong. Cost: reads the whole log, about a second for 300,000 entries.
    /// </summary>
    /// <param name="directory">The log's directory, which holds <c>checkpoint</c>.</param>
    /// <param name="key">The log's public key.</param>
    public static AuditVerification Verify(string directory, AuditVerifierKey key)
    {
        var log = new TileFiles(directory);
        byte[] note;
        try
        {
            note = File.ReadAllBytes(log.CheckpointFile);
        }
        catch (IOException absent)
        {
            return new(0, $"checkpoint: {absent.Message}");
        }

        if (AuditCheckpoint.TryRead(note, key, out var defect) is not { } checkpoint)
        {
            return new(0, $"checkpoint: {defect}");
        }

        var verifier = new AuditVerifier(log, checkpoint.Size);
        return new(
            checkpoint.Size,
            verifier.Walk() ?? (verifier.edge.Root() == checkpoint.Root ? null : "checkpoint: the entries do not give the root that was signed."));
    }

    private string? Walk()
    {
        for (long bundle = 0; difference is null && TileName.In(size, TileName.Entries, bundle) is { } tile; bundle++)
        {
            Bundle(tile);
        }

        foreach (var (tile, hashes) in edge.Partials())
        {
            Compare(tile, hashes);
        }

        if (difference is null)
        {
            foreach (var path in files.All())
            {
                Belongs(path);
            }
        }

        return difference;
    }

    private void Bundle(TileName tile)
    {
        if (files.TryReadEntries(tile) is not { } entries)
        {
            Report(tile, "the entries are missing or damaged.");
            return;
        }

        // The leaves are compared before the entries are looked into: an edit is named as such, not as bad JSON.
        var leaves = entries.ConvertAll(entry => MerkleTree.Leaf(entry));
        Compare(new(0, tile.Index, tile.Width), leaves);
        Older(tile, TileFiles.Pack(entries), width => TileFiles.Pack(entries.Take(width)).Length);
        for (var i = 0; difference is null && i < entries.Count; i++)
        {
            if (IndexIn(entries[i]) != (tile.Index * TileName.Full) + i)
            {
                Report(tile, string.Create(CultureInfo.InvariantCulture, $"entry {(tile.Index * TileName.Full) + i} states another index."));
            }
        }

        foreach (var leaf in leaves)
        {
            edge.Add(leaf, (full, hashes) =>
            {
                if (full.Level > 0)
                {
                    Compare(full, hashes);
                }
            });
        }
    }

    private void Compare(TileName tile, IReadOnlyList<Digest> expected)
    {
        if (difference is not null)
        {
            return;
        }

        if (files.TryReadHashes(tile) is not { } stored)
        {
            Report(tile, "the tile is missing or has another length.");
        }
        else if (Enumerable.Range(0, tile.Width).FirstOrDefault(i => stored[i] != expected[i], -1) is >= 0 and var i)
        {
            Report(tile, string.Create(CultureInfo.InvariantCulture, $"hash {i} does not follow from what is below it."));
        }
        else
        {
            Older(tile, TileFiles.Pack(expected), width => width * MerkleTree.HashBytes);
        }
    }

    /// <summary>Earlier partial forms of a tile hold the beginning of it.</summary>
    private void Older(TileName tile, byte[] bytes, Func<int, int> lengthOf)
    {
        foreach (var partial in files.Partials(tile).Where(p => p.Width < tile.Width))
        {
            var width = partial.Width;
            if (difference is null && files.TryRead(partial) is { } older && !older.AsSpan().SequenceEqual(bytes.AsSpan(0, lengthOf(width))))
            {
                Report(partial, "an earlier form of the tile differs from the present one.");
            }
        }
    }

    private void Belongs(string path)
    {
        var covers = TileName.Parse(path)?.Covers ?? (path.EndsWith(".tmp", StringComparison.Ordinal) ? 0 : long.MaxValue);
        if (covers > size + AuditLog.CommitEntries)
        {
            difference ??= $"{path}: the file does not belong to a log of {size.ToString(CultureInfo.InvariantCulture)} entries.";
        }
    }

    private void Report(TileName tile, string seen) => difference ??= $"{tile.Path}: {seen}";

    private static long IndexIn(byte[] entry)
    {
        try
        {
            using var json = JsonDocument.Parse(entry);
            return json.RootElement.GetProperty("index").GetInt64();
        }
        catch (Exception malformed) when (malformed is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return -1;
        }
    }
}
