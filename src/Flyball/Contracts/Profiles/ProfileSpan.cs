using Flyball.Engine.Profiles;

namespace Flyball.Contracts.Profiles;

/// <summary>The profile of some days of a source together.</summary>
/// <param name="Profile">Of all rows of these days.</param>
/// <param name="Days">The UTC days with rows, in order.</param>
/// <param name="Incomplete">Days that are left out because their file was damaged after the start; the next start makes them again.</param>
public sealed record ProfileSpan(TableProfile Profile, IReadOnlyList<string> Days, IReadOnlyList<string> Incomplete);
