using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Storage.Snapshots;

namespace Flyball.Contracts.Snapshots;

/// <summary>The key by which the hashes of the other parts were made.</summary>
internal sealed class HashKeySnapshot(SipHash hash) : ISnapshotPart
{
    public string Name => "hash";

    public Digest Identity { get; } = Digest.Of("siphash-2-4-128 1");

    public void Write(SnapshotBuilder into)
    {
        hash.WriteKey(into.Writer.GetSpan(SipHash.KeyBytes));
        into.Writer.Advance(SipHash.KeyBytes);
    }

    public bool TryRead(SnapshotSection section, Horizon complete)
    {
        byte[] buffer = [];
        if (section.Count != 1 || !section.TryRead(0, ref buffer, out var key) || key.Length != SipHash.KeyBytes)
        {
            return false;
        }

        hash.Rekey(key);
        return true;
    }
}
