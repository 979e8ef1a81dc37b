using Flyball.Engine.Problems;

namespace Flyball.Storage.Journals;

/// <summary>Whether the journal takes appends. It is good until a write or a sync fails, and broken from then on; a write for which the disk has
/// no room is refused and taken back, and the journal stays good.</summary>
/// <param name="Problem">Why it is broken; null while it is good.</param>
/// <param name="Shortage">Why the last batch was refused, when that was for want of room; null after one that was stored.</param>
public readonly record struct JournalHealth(Problem? Problem, Problem? Shortage = null)
{
    public bool IsGood => Problem is null;
}
