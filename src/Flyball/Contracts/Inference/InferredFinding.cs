namespace Flyball.Contracts.Inference;

/// <summary>Something in a file that a reader of the draft should decide on.</summary>
/// <param name="Column">The column's name in the draft, or null for the file.</param>
/// <param name="Kind">Such as <c>blanks</c>, <c>mixed-times</c>, <c>constant</c>, <c>personal</c>.</param>
/// <param name="Message">What was seen and what was drafted for it. It names no value of a column that is likely personal.</param>
public sealed record InferredFinding(string? Column, string Kind, string Message);
