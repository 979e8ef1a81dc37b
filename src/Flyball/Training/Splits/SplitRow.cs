using Flyball.Engine.Expressions;
using Flyball.Engine.Time;

namespace Flyball.Training.Splits;

/// <summary>What a split looks at.</summary>
/// <param name="Seq">The row's place in the log.</param>
/// <param name="At">When it was true.</param>
/// <param name="Label">Its label.</param>
/// <param name="Group">The value by which rows stay together; null for none, and the row's own key where each stands for itself.</param>
public readonly record struct SplitRow(long Seq, EventTime At, double Label, Value Group);
