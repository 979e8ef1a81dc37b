using Flyball.Contracts.Quarantine;
using Flyball.Engine.Problems;

namespace Flyball.Contracts;

/// <summary>A row for the quarantine.</summary>
/// <param name="Row">Position in the request, from 0.</param>
/// <param name="Problems">Why; at least one.</param>
/// <param name="Original">What is kept of what was sent.</param>
/// <param name="KnownAtMicros">As a column of its file stated it; null without such a column, and where it held no time.</param>
internal sealed record RefusedRow(int Row, IReadOnlyList<Problem> Problems, KeptOriginal Original, long? KnownAtMicros = null);
