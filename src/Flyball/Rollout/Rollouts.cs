using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Registry;
using Flyball.Serving;
using Flyball.Storage.Journals;

namespace Flyball.Rollout;

/// <summary>
/// Takes a version from a small share of the units to champion, or back.
/// <list type="number">
/// <item>Each look reads the new records of the prediction log and asks the guardrails, which may be asked as often as one likes.</item>
/// <item>A breach rolls back; a mismatch of assignment or the deadline holds; enough of both arms without a breach is the next step, and
/// after the last the promotion.</item>
/// <item>A transition is audited, then durable, then in force. Every look starts from what is durable, so one that was interrupted
/// is finished by the next.</item>
/// </list>
/// Missing predictions never pass a step. Thread-safe: looks and changes wait for each other.
/// </summary>
/// <param name="definitions">The rollout definition of a model; throws what is wrong with it.</param>
public sealed class Rollouts(Deployments deployments, Journal predictions, Func<string, RolloutDefinition> definitions)
{
    private const string RolloutObject = "rollout";

    private static readonly Caller Self = Caller.System("rollout");

    private readonly EvidenceReader evidence = new(deployments.Store, predictions);

    private RolloutStore Store => deployments.Store;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<RolloutRun> All() => Store.All();

    /// <summary>Those that still have a say over traffic.</summary>
    public IReadOnlyList<RolloutRun> Active() => Store.Active();

    public RolloutRun? Find(string id) => Store.Find(id);

    public IReadOnlyList<RolloutEvent> Events(string id) => Store.Events(id);

    /// <summary>
    /// Puts an approved version on trial against the champion, at the first step's share. Starting the version that is on trial already
    /// gives that rollout back; a second one beside it is refused.
    /// </summary>
    public Task<RolloutOutcome> StartAsync(string model, int version, Caller caller, CancellationToken cancellation) => ChangeAsync(async () =>
    {
        if (deployments.Registry.Version(model, version) is not { } found)
        {
            return RolloutOutcome.Refused(ModelRegistry.Unknown(model, version));
        }

        var active = Store.ActiveOf(model);
        if (active?.Version == version)
        {
            return Outcome(active);
        }

        var champion = deployments.Registry.Champion(model);
        var plan = deployments.Traffic.For(model);
        List<Problem> problems = [.. deployments.Registry.CheckPromotion(found)];
        if (active is not null)
        {
            problems.Add(new Problem("FLY3231", $"The rollout {active.Id} of version {Deployments.Number(active.Version)} is {active.State}.", Remedy: $"Wait for it, or POST /v1/rollouts/{active.Id}/abort."));
        }

        if (champion is null || plan is null || plan.Champion.Version != champion.Version)
        {
            problems.Add(new Problem("FLY3232", $"The model {model} has no champion in service to compare with.", Remedy: $"POST /v1/models/{model}/deploy makes an approved version the first champion."));
        }
        else if (champion.Version == version)
        {
            problems.Add(new Problem("FLY3233", $"Version {Deployments.Number(version)} is the champion already."));
        }

        var definition = TryDefine(model, problems);
        var canary = problems.Count == 0 ? await deployments.TryLoadAsync(found, problems, cancellation) : null;
        if (canary is null || definition is null)
        {
            await deployments.Audit.DenyAsync(
                caller, "rollout.start", Deployments.VersionObject, model, Deployments.Number(version), champion?.Digest, found.Digest, null, problems, cancellation);
            return RolloutOutcome.Refused(problems);
        }

        var details = new JsonObject { ["share"] = definition.Steps[0], ["champion"] = champion!.Version };
        await deployments.Audit.AllowAsync(
            caller, "rollout.start", Deployments.VersionObject, model, Deployments.Number(version), champion.Digest, found.Digest, null, details, cancellation);
        var run = await Store.StartAsync(found, champion.Version, definition, caller.Name, predictions.Durable, cancellation);
        await deployments.SwapAsync(plan! with { Canary = new CanaryTraffic(run.Id, canary, run.Share) }, cancellation);
        await evidence.SettleAsync(run, cancellation);
        return Outcome(run);
    }, cancellation);

    /// <summary>Looks at a rollout: reads the new predictions, and moves it when they decide. Looking again without news changes nothing.</summary>
    public Task<RolloutOutcome> EvaluateAsync(string id, CancellationToken cancellation) => ChangeAsync(async () =>
    {
        if (Store.Find(id) is not { } run)
        {
            return Unknown(id);
        }

        if (run.State == RolloutStates.Promoting)
        {
            return await FinishPromotionAsync(run, cancellation);
        }

        if (!run.IsActive)
        {
            evidence.Forget(id);
            return Outcome(run);
        }

        if (deployments.Registry.Version(run.Model, run.Version) is not { MayBePromoted: true })
        {
            return await EndAsync(run, RolloutStates.RolledBack, "rollback", Self, "The version on trial is not approved any more.", cancellation);
        }

        return await DecideAsync(run, await evidence.CatchUpAsync(run, cancellation), cancellation);
    }, cancellation);

    /// <summary>Ends a rollout by hand: all traffic goes back to the champion.</summary>
    public Task<RolloutOutcome> AbortAsync(string id, string? reason, Caller caller, CancellationToken cancellation) => ChangeAsync(async () =>
    {
        if (Store.Find(id) is not { } run)
        {
            return Unknown(id);
        }

        if (run.State == RolloutStates.Aborted)
        {
            return Outcome(run);
        }

        List<Problem> problems = [];
        if (run.State is not (RolloutStates.Running or RolloutStates.Held))
        {
            problems.Add(new Problem("FLY3234", $"The rollout {id} is {run.State}.", Remedy: $"POST /v1/models/{run.Model}/rollback goes back to the version before."));
        }

        if (string.IsNullOrWhiteSpace(reason))
        {
            problems.Add(new Problem("FLY3203", "An abort needs a reason.", new ProblemLocation(Field: "reason")));
        }

        if (problems.Count > 0)
        {
            await deployments.Audit.DenyAsync(caller, "rollout.abort", RolloutObject, id, null, run.Digest, null, reason, problems, cancellation);
            return RolloutOutcome.Refused(problems);
        }

        return await EndAsync(run, RolloutStates.Aborted, "abort", caller, reason!, cancellation);
    }, cancellation);

    /// <summary>A rollout with the evidence of its last look.</summary>
    public async Task<RolloutStatus?> StatusAsync(string id, CancellationToken cancellation)
    {
        await deployments.Changing.WaitAsync(cancellation);
        try
        {
            return Store.Find(id) is { } run ? Status(run) : null;
        }
        finally
        {
            deployments.Changing.Release();
        }
    }

    private Task<RolloutOutcome> DecideAsync(RolloutRun run, RolloutEvidence seen, CancellationToken cancellation)
    {
        var breached = seen.Readings().Where(r => r.Breached).ToList();
        if (breached.Count > 0)
        {
            return EndAsync(run, RolloutStates.RolledBack, "rollback", Self, string.Join("; ", breached.Select(r => $"{r.Guardrail}: {r.Detail}")), cancellation);
        }

        if (run.State == RolloutStates.Held)
        {
            return Task.FromResult(Outcome(run));
        }

        if (seen.SampleRatio() is { Breached: true } mismatch)
        {
            return HoldAsync(run, $"Units do not fall on the arms as assigned: {mismatch.Detail}", cancellation);
        }

        // A share of 1 has no control to wait for: the step before it decided.
        if (run.Share >= 1)
        {
            return PromoteAsync(run, cancellation);
        }

        if (seen.Enough)
        {
            return run.Step + 1 < run.Definition.Steps.Count && run.Definition.Steps[run.Step + 1] < 1
                ? StepAsync(run, cancellation)
                : PromoteAsync(run, cancellation);
        }

        return Store.Now.Micros - run.StartedMicros >= run.Definition.MaxDurationMicros
            ? HoldAsync(run, Invariant($"Inconclusive: {seen.CanaryPredictions} canary and {seen.ControlPredictions} control predictions at step {run.Step + 1}, {run.Definition.MinSamples} of each are needed."), cancellation)
            : Task.FromResult(Outcome(run));
    }

    private async Task<RolloutOutcome> StepAsync(RolloutRun run, CancellationToken cancellation)
    {
        var step = run.Step + 1;
        var reason = Invariant($"{run.Definition.MinSamples} predictions of each arm without a breach");
        await AllowAsync(run, "rollout.step", Self, reason, new JsonObject { ["from"] = run.Share, ["to"] = run.Definition.Steps[step] }, cancellation);
        var moved = await Store.MoveAsync(run, RolloutStates.Running, step, "step", evidence.PositionOf(run), Self.Name, reason, cancellation);
        if (deployments.Traffic.For(run.Model) is { Canary: { } canary } plan && canary.RolloutId == run.Id)
        {
            await deployments.SwapAsync(plan with { Canary = new CanaryTraffic(run.Id, canary.Version, moved.Share) }, cancellation);
        }

        await evidence.SettleAsync(moved, cancellation);
        return Outcome(moved);
    }

    private async Task<RolloutOutcome> HoldAsync(RolloutRun run, string reason, CancellationToken cancellation)
    {
        await AllowAsync(run, "rollout.hold", Self, reason, null, cancellation);
        return Outcome(await Store.MoveAsync(run, RolloutStates.Held, run.Step, "hold", evidence.PositionOf(run), Self.Name, reason, cancellation));
    }

    private async Task<RolloutOutcome> PromoteAsync(RolloutRun run, CancellationToken cancellation)
    {
        const string reason = "The last step passed without a breach.";
        await AllowAsync(run, "rollout.promote", Self, reason, null, cancellation);
        var moved = await Store.MoveAsync(run, RolloutStates.Promoting, run.Step, "promote", evidence.PositionOf(run), Self.Name, reason, cancellation);
        return await FinishPromotionAsync(moved, cancellation);
    }

    /// <summary>The second half of a promotion; safe to repeat after a crash anywhere in it.</summary>
    private async Task<RolloutOutcome> FinishPromotionAsync(RolloutRun run, CancellationToken cancellation)
    {
        List<Problem> problems = [];
        var plan = deployments.Traffic.For(run.Model);
        var served = deployments.Registry.Version(run.Model, run.Version) is { } version ? await deployments.TryLoadAsync(version, problems, cancellation) : null;
        if (served is not null)
        {
            var promoted = await deployments.Registry.PromoteAsync(run.Model, run.Version, Self, run.Champion, $"rollout {run.Id}", cancellation);
            problems.AddRange(promoted.Problems);
        }

        if (served is null || problems.Count > 0)
        {
            var reason = $"The version cannot be promoted: {string.Join(' ', problems.Select(p => p.Message))}";
            return Outcome(await Store.MoveAsync(run, RolloutStates.Held, run.Step, "hold", predictions.Durable, Self.Name, reason, cancellation));
        }

        var moved = await Store.MoveAsync(run, RolloutStates.Promoted, run.Step, "promoted", predictions.Durable, Self.Name, run.Reason, cancellation);
        var before = plan?.Champion.Version == run.Version ? plan.Previous : plan?.Champion;
        await deployments.SwapAsync(new TrafficPlan(run.Model, served, before), cancellation);
        return Outcome(moved);
    }

    private async Task<RolloutOutcome> EndAsync(RolloutRun run, string state, string kind, Caller caller, string reason, CancellationToken cancellation)
    {
        await AllowAsync(run, $"rollout.{kind}", caller, reason, null, cancellation);
        var ended = await Store.MoveAsync(run, state, run.Step, kind, evidence.PositionOf(run), caller.Name, reason, cancellation);
        if (deployments.Traffic.For(run.Model) is { } plan && plan.Canary?.RolloutId == run.Id)
        {
            await deployments.SwapAsync(plan with { Canary = null }, cancellation);
        }

        var outcome = Outcome(ended);
        evidence.Forget(run.Id);
        return outcome;
    }

    private Task AllowAsync(RolloutRun run, string action, Caller caller, string reason, JsonObject? details, CancellationToken cancellation)
    {
        details ??= [];
        details["model"] = run.Model;
        details["version"] = run.Version;
        details["evidence"] = JsonSerializer.SerializeToNode(Status(run).Guardrails, RegistryJson.Options);
        var champion = deployments.Registry.Version(run.Model, run.Champion)?.Digest;
        return deployments.Audit.AllowAsync(caller, action, RolloutObject, run.Id, Deployments.Number(run.Version), champion, run.Digest, reason, details, cancellation);
    }

    private RolloutDefinition? TryDefine(string model, List<Problem> problems)
    {
        try
        {
            return definitions(model);
        }
        catch (FlyballException e)
        {
            problems.Add(e.Problem);
            return null;
        }
    }

    private RolloutOutcome Outcome(RolloutRun run) => RolloutOutcome.Of(Status(run));

    private RolloutStatus Status(RolloutRun run) => evidence.Of(run) is { } seen
        ? new RolloutStatus(run, seen.CanaryPredictions, seen.ControlPredictions, seen.Readings(), seen.SampleRatio())
        : new RolloutStatus(run, 0, 0, [], null);

    private static RolloutOutcome Unknown(string id) =>
        RolloutOutcome.Refused(new Problem("FLY4004", $"There is no rollout {id}.", Remedy: "GET /v1/rollouts lists them."));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private async Task<RolloutOutcome> ChangeAsync(Func<Task<RolloutOutcome>> change, CancellationToken cancellation)
    {
        await deployments.Changing.WaitAsync(cancellation);
        try
        {
            return await change();
        }
        finally
        {
            deployments.Changing.Release();
        }
    }
}
