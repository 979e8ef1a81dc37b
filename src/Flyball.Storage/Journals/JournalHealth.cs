using Flyball.Engine.Problems;

namespace Flyball.Storage.Journals;

/// <summary>Whether the journal takes appends. It is good until a write or a sync fails, and broken from then on.</summary>
/// <param name="Problem">Why it is broken; null while it is good.</param>
public readonly record struct JournalHealth(Problem? Problem)
{
    public bool IsGood => Problem is null;
}
