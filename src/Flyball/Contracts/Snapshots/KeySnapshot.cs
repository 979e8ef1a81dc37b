using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Storage.Snapshots;

namespace Flyball.Contracts.Snapshots;

/// <summary>The primary keys and unique values of one source.</summary>
/// <param name="state">The source.</param>
/// <param name="contracts">Names all contracts: which rows can be read at all is a part of one, and what is looked up in a source is a part of others.</param>
internal sealed class KeySnapshot(SourceState state, Digest contracts) : ISnapshotPart
{
    private const string Form = "keys 3";

    public string Name { get; } = "keys/" + state.Plan.Source;

    public Digest Identity { get; } = Digest.Of($"{Form} {state.Plan.Source} {contracts.Hex}");

    public void Write(SnapshotBuilder into) => state.Keys.Write(into);

    public bool TryRead(SnapshotSection section, Horizon complete) => state.Keys.TryRead(section);
}
