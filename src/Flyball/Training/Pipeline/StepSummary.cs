namespace Flyball.Training.Pipeline;

/// <summary>One step of a run, as its result names it.</summary>
/// <param name="Step">Its name.</param>
/// <param name="Seconds">How long it took, in the attempt that ended the run.</param>
/// <param name="Detail">What it did, in a few words.</param>
public sealed record StepSummary(string Step, double Seconds, string Detail);
