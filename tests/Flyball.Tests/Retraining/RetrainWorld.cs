using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Registry;
using Flyball.Rollout;
using Flyball.Tests.Time;

namespace Flyball.Tests.Retraining;

/// <summary>What outlives a process: the disk, the clock, the training machine and the rollouts.</summary>
internal sealed class RetrainWorld : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("flyball-retraining-").FullName;

    public ManualTimeProvider Time { get; } = new();

    /// <summary>How well the next trained model ranks; 0 fails its gates.</summary>
    public double Skill { get; set; } = 0.9;

    /// <summary>Runs that were begun.</summary>
    public int Trained { get; private set; }

    /// <summary>Runs after training, before anything of its result is recorded, and may throw as a dying process does.</summary>
    public Action OnTrained { get; set; } = () => { };

    /// <summary>Runs after a rollout has begun, before the job knows.</summary>
    public Action OnStarted { get; set; } = () => { };

    /// <summary>What a start is refused with; null starts it.</summary>
    public Problem? RefuseStart { get; set; }

    /// <summary>Who approved the definitions before, for whoever asks.</summary>
    public Func<string, (string Approver, int Version)?> Stands { get; set; } = _ => ("carol", 7);

    public List<RolloutRun> Rollouts { get; } = [];

    public int Train()
    {
        Trained++;
        OnTrained();
        return 1;
    }

    public RolloutOutcome Start(ModelVersion version, Caller caller)
    {
        if (RefuseStart is { } problem)
        {
            return RolloutOutcome.Refused(problem);
        }

        var run = new RolloutRun(
            $"r{Rollouts.Count + 1}", version.Model, version.Version, version.Digest, 1, RolloutStates.Running, 0, RolloutDefinition.Default, caller.Name, Time.Now.ToString(),
            Time.Now.Micros, Time.Now.ToString(), null);
        Rollouts.Add(run);
        OnStarted();
        return RolloutOutcome.Of(new RolloutStatus(run, 0, 0, [], null));
    }

    public void EndRollout(string state) => Rollouts[^1] = Rollouts[^1] with { State = state, Reason = "as decided" };

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
