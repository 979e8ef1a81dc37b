using Flyball.Access;
using Flyball.Registry;
using Flyball.Rollout;

namespace Flyball.Retraining;

/// <summary>
/// What a job asks of the stages before it. Each may be asked again after a crash: training again registers the same bundle once,
/// and starting a rollout that runs gives it back.
/// </summary>
/// <param name="Build">Trains a model and registers the version that comes out.</param>
/// <param name="Find">A version as it is now; null when there is none.</param>
/// <param name="Approve">Approves a version for the stated reason.</param>
/// <param name="Start">Puts an approved version on trial.</param>
/// <param name="LastRollout">The newest rollout of a version; null when there was none.</param>
/// <param name="Stands">The person who approved the definitions of a version before, and on which version, for whoever asks; null when nobody did.</param>
internal sealed record RetrainSteps(
    Func<string, Caller, CancellationToken, Task<ModelVersion>> Build,
    Func<string, int, ModelVersion?> Find,
    Func<ModelVersion, Caller, string, CancellationToken, Task<VersionOutcome>> Approve,
    Func<ModelVersion, Caller, CancellationToken, Task<RolloutOutcome>> Start,
    Func<ModelVersion, RolloutRun?> LastRollout,
    Func<ModelVersion, string, (string Approver, int Version)?> Stands);
