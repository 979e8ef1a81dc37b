using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Storage.Snapshots;

namespace Flyball.Contracts.Snapshots;

/// <summary>The primary keys of one source.</summary>
internal sealed class KeySnapshot(SourceState state) : ISnapshotPart
{
    private const string Form = "keys 2";

    public string Name { get; } = "keys/" + state.Plan.Source;

    /// <summary>The whole contract: which rows can be read at all is a part of it.</summary>
    public Digest Identity { get; } = Digest.Of($"{Form} {state.Plan.Digest.Hex}");

    public void Write(SnapshotBuilder into) => state.Keys.Write(into);

    public bool TryRead(SnapshotSection section, Horizon complete) => state.Keys.TryRead(section);
}
