using System.Globalization;
using Flyball.Engine.Identity;

namespace Flyball.Storage.Audit;

/// <summary>A signed statement of a log's size and root (C2SP tlog-checkpoint).</summary>
/// <param name="Origin">The log.</param>
/// <param name="Size">Entries in it.</param>
/// <param name="Root">Root of the tree over them.</param>
/// <param name="Note">The signed note as it stands in the file <c>checkpoint</c>.</param>
public sealed record AuditCheckpoint(string Origin, long Size, Digest Root, string Note)
{
    internal static AuditCheckpoint Sign(long size, Digest root, AuditKey key)
    {
        var origin = key.Verifier.Name;
        var text = string.Create(CultureInfo.InvariantCulture, $"{origin}\n{size}\n{Convert.ToBase64String(root.ToBytes())}\n");
        return new(origin, size, root, key.Sign(text));
    }

    /// <summary>Reads and verifies a checkpoint; null with the reason when it is not the key's.</summary>
    public static AuditCheckpoint? TryRead(ReadOnlySpan<byte> note, AuditVerifierKey key, out string defect)
    {
        if (SignedNote.Open(note, key, out defect) is not { } text)
        {
            return null;
        }

        var lines = text.Split('\n');
        if (lines.Length < 4
            || lines[0] != key.Name
            || !long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            || size.ToString(CultureInfo.InvariantCulture) != lines[1]
            || !SignedNote.TryBase64(lines[2], out var root)
            || root.Length != MerkleTree.HashBytes)
        {
            defect = $"it is no checkpoint of {key.Name}.";
            return null;
        }

        return new(lines[0], size, Digest.FromBytes(root), System.Text.Encoding.UTF8.GetString(note));
    }
}
