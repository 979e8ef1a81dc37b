using Flyball.Engine.Profiles;

namespace Flyball.Contracts.Profiles;

/// <summary>The profile of some days of a source together.</summary>
/// <param name="Profile">Of all rows of these days.</param>
/// <param name="Days">The UTC days with rows, in order.</param>
/// <param name="Incomplete">Days that are left out because their file was damaged after the start; the next start makes them again.</param>
public sealed record ProfileSpan(TableProfile Profile, IReadOnlyList<string> Days, IReadOnlyList<string> Incomplete)
{
    /// <summary>Rows of days without a profile of their own: they are in a span without bounds only.</summary>
    public long OtherRows { get; init; }

    /// <summary>The position after which the next start goes on: too many rows came for days all over the calendar. Null when all rows are in.</summary>
    public long? UpTo { get; init; }
}
