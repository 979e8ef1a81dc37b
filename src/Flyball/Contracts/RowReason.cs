using Flyball.Engine.Problems;

namespace Flyball.Contracts;

/// <summary>Why a row was put into quarantine.</summary>
/// <param name="Row">Position in the request, from 0.</param>
/// <param name="Problems">At least one.</param>
public sealed record RowReason(int Row, IReadOnlyList<Problem> Problems);
