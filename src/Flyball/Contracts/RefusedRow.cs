using Flyball.Engine.Problems;

namespace Flyball.Contracts;

/// <summary>A row for the quarantine.</summary>
/// <param name="Row">Position in the request, from 0.</param>
/// <param name="Problems">Why; at least one.</param>
/// <param name="Original">What was sent, in UTF-8 as far as it was.</param>
internal sealed record RefusedRow(int Row, IReadOnlyList<Problem> Problems, byte[] Original);
