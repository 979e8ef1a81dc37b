using Flyball.Training.Jobs;

namespace Flyball.Tests.Training.Jobs;

/// <summary>What a worker left in its folder.</summary>
internal sealed record FinishedJob(TrainingResult Result, byte[] Bundle, byte[] Evaluation, IReadOnlyList<string> Reported)
{
    public FrozenEvaluation Frozen => FrozenEvaluation.Parse(Evaluation);
}
