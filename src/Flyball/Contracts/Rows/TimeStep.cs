namespace Flyball.Contracts.Rows;

/// <summary>One step of a pattern for times.</summary>
/// <param name="Part">What is read.</param>
/// <param name="Least">Fewest digits; for an offset, 1 when <c>Z</c> stands for zero.</param>
/// <param name="Most">Most digits; for an offset, the width of its letters.</param>
/// <param name="Text">The bytes of a literal.</param>
/// <param name="Inner">The steps of an optional part.</param>
internal sealed record TimeStep(TimePart Part, int Least = 0, int Most = 0, byte[]? Text = null, IReadOnlyList<TimeStep>? Inner = null);
