namespace Flyball.Training.Leakage;

/// <summary>A feature that looks like the label.</summary>
/// <param name="Feature">Its full name.</param>
/// <param name="Kind"><c>strength</c>, <c>identity</c>, <c>part</c> or <c>duplicates</c>.</param>
/// <param name="Strength">What was measured, from 0 to 1.</param>
/// <param name="Reason">In words, with the figure and the bound.</param>
/// <param name="Allowed">The model file allows it.</param>
public sealed record LeakageFinding(string Feature, string Kind, double Strength, string Reason, bool Allowed);
