namespace Flyball.Serving.Degradation;

/// <summary>How requests that are in flight together are scored in one call.</summary>
/// <param name="Most">Rows of a call, at most.</param>
/// <param name="WaitMicros">How long the first of them waits for others, in microseconds.</param>
public sealed record BatchingTerms(int Most, long WaitMicros);
