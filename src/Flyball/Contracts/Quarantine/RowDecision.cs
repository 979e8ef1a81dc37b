namespace Flyball.Contracts.Quarantine;

/// <summary>The decision about one row.</summary>
/// <param name="DecisionSeq">The record that says who decided it, when and why.</param>
/// <param name="Outcome">What was decided.</param>
/// <param name="ReleasedAs">Position of the row in the log, when it went in.</param>
internal readonly record struct RowDecision(long DecisionSeq, RowOutcome Outcome, long? ReleasedAs);
