using Flyball.Engine.Problems;

namespace Flyball.Retraining;

/// <summary>A job after a request for one, or why there is none.</summary>
public sealed record RetrainOutcome
{
    private RetrainOutcome(RetrainJob? job, Problem? problem) => (Job, Problem) = (job, problem);

    /// <summary>Null when the request was refused.</summary>
    public RetrainJob? Job { get; }

    /// <summary>Null when there is a job.</summary>
    public Problem? Problem { get; }

    internal static RetrainOutcome Of(RetrainJob job) => new(job, null);

    internal static RetrainOutcome Refused(Problem problem) => new(null, problem);
}
