using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Storage.Snapshots;

namespace Flyball.Contracts.Snapshots;

/// <summary>
/// State that rows of the event log bring about, and that a start can read instead of the rows. It is written while rows come, so that it may
/// hold some behind the position it is said to hold: a row that comes a second time must change nothing.
/// </summary>
public interface ISnapshotPart
{
    /// <summary>The section's name; no other part has it.</summary>
    string Name { get; }

    /// <summary>Names what decides the state beside the rows: definitions, contracts, and the form of the bytes.</summary>
    Digest Identity { get; }

    /// <summary>Writes all rows up to the last applied one, and perhaps later ones. Called beside rows that come; must not hold them up for long.</summary>
    void Write(SnapshotBuilder into);

    /// <summary>Takes the state over, before the first row.</summary>
    /// <param name="section">Of this part's name and identity.</param>
    /// <param name="complete">Every row up to here is in it.</param>
    /// <returns>False, and as empty as before, when the bytes are damaged.</returns>
    bool TryRead(SnapshotSection section, Horizon complete);
}
