using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Monitoring;
using Flyball.Registry;
using Flyball.Rollout;

namespace Flyball.Retraining;

/// <summary>
/// Retrains models when an alert, a schedule or a person asks for it.
/// <list type="number">
/// <item>A firing alert that the model's definition names makes one job, due when labels of the new regime have matured; a schedule makes one when it comes.</item>
/// <item>A due job trains, registers, has the version approved by policy or by a person, and starts its rollout; it ends with the rollout.</item>
/// <item>Each transition is audited and durable before the next action, and each action may be repeated: a job that a crash left anywhere goes on from there.</item>
/// </list>
/// A model has one open job at a time, and alerts make none within a week after the last one ended. Thread-safe.
/// </summary>
public sealed class RetrainJobs : IDisposable
{
    private const long CooldownMicros = 7 * Clock.MicrosPerDay;
    private const string JobObject = "retrain_job";

    private static readonly Caller Self = Caller.System("retraining");

    /// <summary>Approves in the name of the definition that the model's owner wrote: not the part that trained.</summary>
    private static readonly Caller Policy = Caller.System("policy");

    private readonly RetrainStore store;
    private readonly Func<IReadOnlyList<RetrainPlan>> plans;
    private readonly Alerts alerts;
    private readonly AuditTrail audit;
    private readonly RetrainSteps steps;
    private readonly SemaphoreSlim one = new(1, 1);

    internal RetrainJobs(RetrainStore store, Func<IReadOnlyList<RetrainPlan>> plans, Alerts alerts, AuditTrail audit, RetrainSteps steps)
    {
        this.store = store;
        this.plans = plans;
        this.alerts = alerts;
        this.audit = audit;
        this.steps = steps;
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<RetrainJob> List(string? model, int limit) => store.List(model, limit);

    /// <summary>Makes jobs for alerts and takes every due job as far as it goes. Cost: as long as training takes; a second call waits for the first.</summary>
    /// <param name="now">What is due is due at this instant.</param>
    public async Task RunDueAsync(EventTime now, CancellationToken cancellation)
    {
        await one.WaitAsync(cancellation);
        try
        {
            foreach (var plan in plans())
            {
                await ScheduleAsync(plan, now, cancellation);
                await OnTimeAsync(plan, now, cancellation);
            }

            foreach (var job in store.Unfinished().Where(j => j.DueMicros <= now.Micros))
            {
                await AdvanceAsync(job, cancellation);
            }
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>Asks for a retraining now. A job that waits is brought forward; one that is under way refuses a second.</summary>
    public async Task<RetrainOutcome> RequestAsync(string model, EventTime now, Caller caller, CancellationToken cancellation)
    {
        if (plans().All(p => p.Model != model))
        {
            return RetrainOutcome.Refused(new Problem("FLY4004", "The project has no model of this name.", new ProblemLocation(Field: "model")));
        }

        var open = store.OpenOf(model);
        if (open is { State: RetrainStates.Waiting })
        {
            await RecordAsync(caller, "retrain.schedule", open, open, null, "brought forward", cancellation);
            if (open.DueMicros <= now.Micros || await store.BringForwardAsync(open, now, cancellation))
            {
                return RetrainOutcome.Of(store.OpenOf(model) ?? open);
            }
        }

        if (open is null && await AddAsync(store.Draft(model, now, $"asked for by {caller.Name}", caller), caller, cancellation) is { } added)
        {
            return RetrainOutcome.Of(added);
        }

        var problem = new Problem(
            "FLY3241", $"The retraining job {open?.Id} of {model} is {open?.State ?? "being made"}.", Remedy: "Wait until it has ended: GET /v1/retraining shows its state.");
        await audit.DenyAsync(caller, "retrain.schedule", JobObject, open?.Id ?? model, null, null, null, null, [problem], cancellation);
        return RetrainOutcome.Refused(problem);
    }

    public void Dispose() => one.Dispose();

    private async Task ScheduleAsync(RetrainPlan plan, EventTime now, CancellationToken cancellation)
    {
        if (plan.Definition.AlertKinds.Count == 0 || store.OpenOf(plan.Model) is not null)
        {
            return;
        }

        var alert = alerts.Firing(plan.Model).Where(a => plan.Definition.AlertKinds.Contains(a.Kind)).MinBy(a => a.OpenedMicros);
        if (alert is null || (store.LastFinished(plan.Model) is { } last && now.Micros < last.Micros + CooldownMicros))
        {
            return;
        }

        var due = new EventTime(alert.OpenedMicros + plan.Definition.AfterMicros);
        var reason = string.Create(CultureInfo.InvariantCulture, $"alert {alert.Id}: {$"{alert.Kind} {alert.Feature}".TrimEnd()} since {alert.OpenedAt}");
        await AddAsync(store.Draft(plan.Model, due, reason, Self), Self, cancellation);
    }

    /// <summary>Makes a job when the model's schedule has come. Times that passed while nobody looked make one; an open job stands for them too.</summary>
    private async Task OnTimeAsync(RetrainPlan plan, EventTime now, CancellationToken cancellation)
    {
        if (plan.Definition.Schedule is not { } text)
        {
            return;
        }

        var next = store.NextOf(plan.Model, text);
        if (next is { } planned && now.Micros >= planned.Micros && store.OpenOf(plan.Model) is null)
        {
            await AddAsync(store.Draft(plan.Model, now, $"the schedule {text} came at {planned}", Self), Self, cancellation);
        }

        if ((next is null || now.Micros >= next.Value.Micros) && RetrainSchedule.Parse(text).After(now) is { } following)
        {
            await store.SetNextAsync(plan.Model, text, following, cancellation);
        }
    }

    private async Task<RetrainJob?> AddAsync(RetrainJob draft, Caller caller, CancellationToken cancellation)
    {
        await RecordAsync(caller, "retrain.schedule", null, draft, null, draft.Reason, cancellation);
        return await store.AddAsync(draft, cancellation) ? draft : null;
    }

    private async Task AdvanceAsync(RetrainJob job, CancellationToken cancellation)
    {
        for (RetrainJob? next = job; next is { IsOpen: true };)
        {
            job = next;
            next = await StepOrFailAsync(job, cancellation);
        }
    }

    /// <summary>One step. What a training run or a rollout throws ends the job, never the other jobs; a stopping process leaves it where it is.</summary>
    private async Task<RetrainJob?> StepOrFailAsync(RetrainJob job, CancellationToken cancellation)
    {
        try
        {
            return await StepAsync(job, cancellation);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            var error = e is FlyballException known ? known.Problem.ToString() : e.Message;
            return await MoveAsync(job, job with { State = RetrainStates.Failed, Error = error }, Self, "retrain.fail", error, cancellation);
        }
    }

    /// <returns>The job after its next transition; null when it waits for something.</returns>
    private async Task<RetrainJob?> StepAsync(RetrainJob job, CancellationToken cancellation)
    {
        switch (job.State)
        {
            case RetrainStates.Waiting:
                return await MoveAsync(job, job with { State = RetrainStates.Training }, Self, "retrain.train", job.Reason, cancellation);
            case RetrainStates.Training:
                var made = await steps.Build(job.Model, Author(job), cancellation);
                return await MoveAsync(
                    job, job with { State = RetrainStates.Registered, RunId = made.RunId, Version = made.Version }, Self, "retrain.register", $"the version is {made.State}", cancellation);
            case RetrainStates.Registered or RetrainStates.WaitingApproval:
                return await DecideAsync(job, VersionOf(job), cancellation);
            case RetrainStates.RollingOut:
                return steps.LastRollout(VersionOf(job)) is { IsActive: false } ended
                    ? await FinishAsync(job, $"the rollout {ended.Id} is {ended.State}: {ended.Reason}", cancellation)
                    : null;
            default:
                throw new InvalidOperationException($"The retraining job {job.Id} is in the unknown state {job.State}.");
        }
    }

    private Task<RetrainJob?> DecideAsync(RetrainJob job, ModelVersion version, CancellationToken cancellation) => version.State switch
    {
        VersionStates.Approved => StartAsync(job, version, cancellation),
        VersionStates.Registered when job.State == RetrainStates.Registered => ApproveAsync(job, version, cancellation),
        VersionStates.Registered => Task.FromResult<RetrainJob?>(null),
        _ => RefuseAsync(job, version, cancellation),
    };

    private async Task<RetrainJob?> ApproveAsync(RetrainJob job, ModelVersion version, CancellationToken cancellation)
    {
        if (plans().FirstOrDefault(p => p.Model == job.Model) is not { Definition.ApprovesItself: true } plan)
        {
            return await AskAsync(job, "the gates passed; a person approves", cancellation);
        }

        var behind = "";
        if (version.NeedsAnotherApprover)
        {
            if (steps.Stands(version, job.RequestedBy) is not { } stands)
            {
                return await AskAsync(job, "the gates passed; the risk is high and nobody but those who wrote, applied or asked has approved a version of these definitions yet: a person approves", cancellation);
            }

            behind = string.Create(CultureInfo.InvariantCulture, $"; {stands.Approver} approved version {stands.Version} of the same definitions");
        }

        var outcome = await steps.Approve(version, Policy, $"gates passed; retrain.approve of the model definition {plan.Version} approves automatically{behind}", cancellation);
        return outcome.Ok
            ? await StartAsync(job, outcome.Version, cancellation)
            : await AskAsync(job, $"the policy may not approve: {Messages(outcome.Problems)}", cancellation);
    }

    private async Task<RetrainJob?> AskAsync(RetrainJob job, string reason, CancellationToken cancellation) =>
        await MoveAsync(job, job with { State = RetrainStates.WaitingApproval }, Self, "retrain.ask", reason, cancellation);

    private async Task<RetrainJob?> StartAsync(RetrainJob job, ModelVersion version, CancellationToken cancellation)
    {
        // After a crash between the start and its transition the rollout may even have ended: it must not begin a second time.
        if (steps.LastRollout(version) is { } begun && begun.StartedMicros >= job.CreatedMicros)
        {
            return await RollingOutAsync(job, begun, cancellation);
        }

        var outcome = await steps.Start(version, Self, cancellation);
        if (outcome.Ok)
        {
            return await RollingOutAsync(job, outcome.Rollout, cancellation);
        }

        if (outcome.Problems.All(p => p.Code == RolloutProblems.AnotherIsActive))
        {
            return null;
        }

        return outcome.Problems.All(p => p.Code == RolloutProblems.AlreadyChampion)
            ? await FinishAsync(job, "training gave the present champion again", cancellation)
            : throw new FlyballException(outcome.Problems.First(p => p.Code != RolloutProblems.AnotherIsActive));
    }

    private async Task<RetrainJob?> RollingOutAsync(RetrainJob job, RolloutRun rollout, CancellationToken cancellation) =>
        await MoveAsync(job, job with { State = RetrainStates.RollingOut, Rollout = rollout.Id }, Self, "retrain.rollout", $"rollout {rollout.Id}", cancellation);

    private async Task<RetrainJob?> FinishAsync(RetrainJob job, string reason, CancellationToken cancellation) =>
        await MoveAsync(job, job with { State = RetrainStates.Done, Reason = reason }, Self, "retrain.finish", reason, cancellation);

    private async Task<RetrainJob?> RefuseAsync(RetrainJob job, ModelVersion version, CancellationToken cancellation)
    {
        var failed = version.Gates.Where(g => !g.Ok).Select(g => new Problem("FLY3202", $"{g.Gate}: {g.Detail}")).ToList();
        IReadOnlyList<Problem> problems = failed.Count > 0 ? failed : [new Problem("FLY3204", $"the version is {version.State}")];
        var reason = Messages(problems);
        await audit.DenyAsync(Self, "retrain.refuse", JobObject, job.Id, Number(job), null, version.Digest, reason, problems, cancellation);
        return await store.MoveAsync(job, job with { State = RetrainStates.Refused, Reason = reason }, cancellation);
    }

    private async Task<RetrainJob> MoveAsync(RetrainJob from, RetrainJob to, Caller caller, string action, string reason, CancellationToken cancellation)
    {
        await RecordAsync(caller, action, from, to, to.Version is { } ? steps.Find(to.Model, to.Version.Value) : null, reason, cancellation);
        return await store.MoveAsync(from, to, cancellation);
    }

    private Task RecordAsync(Caller caller, string action, RetrainJob? from, RetrainJob to, ModelVersion? version, string reason, CancellationToken cancellation) =>
        audit.AllowAsync(
            caller, action, JobObject, to.Id, Number(to), null, version?.Digest, reason,
            new JsonObject { ["model"] = to.Model, ["state_before"] = from?.State, ["state_after"] = to.State, ["due_at"] = to.DueAt }, cancellation);

    private ModelVersion VersionOf(RetrainJob job) =>
        (job.Version is { } version ? steps.Find(job.Model, version) : null) ?? throw new FlyballException(new Problem("FLY4004", $"The version of the retraining job {job.Id} is not registered any more."));

    /// <summary>Whoever asked for a version is its author and may not approve it where the risk is high.</summary>
    private static Caller Author(RetrainJob job) => Self with { Name = job.RequestedBy, AuthMethod = job.AuthMethod };

    private static string? Number(RetrainJob job) => job.Version?.ToString(CultureInfo.InvariantCulture);

    private static string Messages(IEnumerable<Problem> problems) => string.Join("; ", problems.Select(p => p.Message));
}
