using System.Buffers.Binary;
using Flyball.Engine.Identity;
using Flyball.Native.Posix;

namespace Flyball.Storage.Audit;

/// <summary>The files of a log: tiles as tlog-tiles has them, and the checkpoint beside them.</summary>
internal sealed class TileFiles(string root)
{
    /// <summary>The longest entry that the format's 16-bit length allows.</summary>
    internal const int EntryBytes = ushort.MaxValue;

    internal string CheckpointFile => Path.Combine(root, "checkpoint");

    internal static byte[] Pack(IEnumerable<Digest> hashes)
    {
        var bytes = new List<byte>(TileName.Full * MerkleTree.HashBytes);
        foreach (var hash in hashes)
        {
            bytes.AddRange(hash.ToBytes());
        }

        return [.. bytes];
    }

    internal static byte[] Pack(IEnumerable<byte[]> entries)
    {
        var bytes = new MemoryStream();
        Span<byte> length = stackalloc byte[2];
        foreach (var entry in entries)
        {
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)entry.Length);
            bytes.Write(length);
            bytes.Write(entry);
        }

        return bytes.ToArray();
    }

    /// <summary>Null when the bytes are not exactly that many entries.</summary>
    internal static List<byte[]>? Unpack(ReadOnlySpan<byte> bytes, int count)
    {
        var entries = new List<byte[]>(count);
        while (entries.Count < count)
        {
            if (bytes.Length < 2 || BinaryPrimitives.ReadUInt16BigEndian(bytes) is var length && bytes.Length < 2 + length)
            {
                return null;
            }

            entries.Add(bytes.Slice(2, length).ToArray());
            bytes = bytes[(2 + length)..];
        }

        return bytes.IsEmpty ? entries : null;
    }

    internal string PathOf(TileName tile) => Path.Combine(root, tile.Path);

    internal void Write(TileName tile, byte[] bytes)
    {
        var path = PathOf(tile);
        PosixFile.CreateDirectory(Path.GetDirectoryName(path)!);
        PosixFile.ReplaceFile(path, bytes);
    }

    /// <summary>The bytes of a tile's file; null when there is none.</summary>
    internal byte[]? TryRead(TileName tile)
    {
        var path = PathOf(tile);
        try
        {
            return File.Exists(path) ? File.ReadAllBytes(path) : null;
        }
        catch (IOException absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            // A commit may drop a partial tile between the question and the answer.
            return null;
        }
    }

    /// <summary>The partial forms of a tile that are there.</summary>
    internal IEnumerable<TileName> Partials(TileName tile)
    {
        var folder = Path.Combine(root, tile.PartialFolder);
        try
        {
            return Directory.Exists(folder)
                ? Directory.GetFiles(folder).Select(f => TileName.Parse($"{tile.PartialFolder}/{Path.GetFileName(f)}")).OfType<TileName>()
                : [];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>The hashes of a tile, from its own file or, when that went away because the full tile is there, from the full one.</summary>
    internal List<Digest>? TryReadHashes(TileName tile)
    {
        var bytes = TryRead(tile);
        var length = tile.Width * MerkleTree.HashBytes;
        if (bytes is null && TryRead(tile with { Width = TileName.Full }) is { Length: TileName.Full * MerkleTree.HashBytes } full)
        {
            bytes = full[..length];
        }

        if (bytes is null || bytes.Length != length)
        {
            return null;
        }

        return [.. Enumerable.Range(0, tile.Width).Select(i => Digest.FromBytes(bytes.AsSpan(i * MerkleTree.HashBytes, MerkleTree.HashBytes)))];
    }

    /// <summary>The entries of a bundle, likewise.</summary>
    internal List<byte[]>? TryReadEntries(TileName tile)
    {
        if (TryRead(tile) is { } bytes)
        {
            return Unpack(bytes, tile.Width);
        }

        return TryRead(tile with { Width = TileName.Full }) is { } full ? Unpack(full, TileName.Full)?[..tile.Width] : null;
    }

    /// <summary>Removes the partial forms of a tile that is full now, as the format allows.</summary>
    internal void DropPartials(TileName full)
    {
        var folder = Path.Combine(root, full.PartialFolder);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Every file below <c>tile/</c>, relative to the log, with slashes.</summary>
    internal IEnumerable<string> All()
    {
        var tiles = Path.Combine(root, "tile");
        return Directory.Exists(tiles)
            ? Directory.EnumerateFiles(tiles, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(root, f).Replace('\\', '/'))
            : [];
    }

    /// <summary>Takes a file out of the log and keeps it.</summary>
    internal void SetAside(string path, string below)
    {
        var target = Path.Combine(root, "unsigned", below, path);
        PosixFile.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Move(Path.Combine(root, path), target, overwrite: true);
    }
}
