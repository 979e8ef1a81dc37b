using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Registry;
using Flyball.Serving;
using Flyball.Storage.Catalogs;

namespace Flyball.Rollout;

/// <summary>
/// Which versions answer. State: the one owner of the traffic plans.
/// <list type="number">
/// <item>The catalog decides: the registry's aliases name champion and previous, the active rollout names the canary and its share.</item>
/// <item>A version is loaded and warm before a plan names it; the catalog is written before the plan is swapped.</item>
/// <item>So after a crash <see cref="RestoreAsync"/> makes the plans from the catalog, and the last decision is in force.</item>
/// </list>
/// </summary>
public sealed class Deployments
{
    internal const string VersionObject = "version";

    private readonly LoadedVersions versions;

    public Deployments(Catalog catalog, ModelRegistry registry, TrafficPlans traffic, AuditTrail audit, LoadedVersions versions, TimeProvider time)
    {
        Store = new RolloutStore(catalog, time);
        Registry = registry;
        Traffic = traffic;
        Audit = audit;
        this.versions = versions;
    }

    internal RolloutStore Store { get; }

    internal ModelRegistry Registry { get; }

    internal TrafficPlans Traffic { get; }

    internal AuditTrail Audit { get; }

    /// <summary>One change of traffic at a time.</summary>
    internal SemaphoreSlim Changing { get; } = new(1, 1);

    /// <summary>
    /// Puts the catalog's last decisions in force: at start, before the first request. A champion that cannot be loaded is named in the result,
    /// and the version before or the declared rule answers for it; without either the model says why it does not answer. A model whose previous
    /// or canary cannot be loaded serves without it.
    /// </summary>
    public async Task<IReadOnlyList<Problem>> RestoreAsync(CancellationToken cancellation)
    {
        var problems = new List<Problem>();
        await Changing.WaitAsync(cancellation);
        try
        {
            var models = Registry.Models();
            await versions.PreloadAsync(models.SelectMany(m => (ModelVersion?[])[Registry.Champion(m), Registry.Previous(m)]).OfType<ModelVersion>(), cancellation);
            foreach (var model in models)
            {
                if (Registry.Champion(model) is not { } champion)
                {
                    continue;
                }

                if ((await TryLoadAsync(champion, problems, cancellation) ?? versions.StandIn(champion, problems[^1])) is not { } served)
                {
                    Traffic.NoteMissing(model, problems[^1]);
                    continue;
                }

                var previous = Registry.Previous(model) is { } before ? await TryLoadAsync(before, problems, cancellation) : null;
                CanaryTraffic? canary = null;
                if (Store.ActiveOf(model) is { } run && run.Version != champion.Version && Registry.Version(model, run.Version) is { } trial)
                {
                    canary = await TryLoadAsync(trial, problems, cancellation) is { } loaded ? new CanaryTraffic(run.Id, loaded, run.Share) : null;
                }

                await SwapAsync(new TrafficPlan(model, served, previous, canary), cancellation);
            }
        }
        finally
        {
            Changing.Release();
        }

        return problems;
    }

    /// <summary>Makes an approved version the first champion of its model. Later versions take over by a rollout.</summary>
    public Task<VersionOutcome> DeployAsync(string model, int version, Caller caller, CancellationToken cancellation) =>
        ChangeAsync(async () =>
        {
            if (Registry.Version(model, version) is not { } found)
            {
                return VersionOutcome.Refused(ModelRegistry.Unknown(model, version));
            }

            var champion = Registry.Champion(model);
            if (champion is { HasBundle: true } && champion.Version != version)
            {
                IReadOnlyList<Problem> problems = [new Problem(
                    "FLY3230", $"The model {model} has a champion, version {Number(champion.Version)}.", Remedy: $"POST /v1/models/{model}/rollouts starts a rollout against it.")];
                await Audit.DenyAsync(caller, "traffic.deploy", VersionObject, model, Number(version), champion.Digest, found.Digest, null, problems, cancellation);
                return VersionOutcome.Refused(problems);
            }

            // Only an approved version is worth loading; the promotion checks again and names what is missing.
            var served = found.MayBePromoted ? await versions.GetAsync(found, cancellation) : null;
            var outcome = await Registry.PromoteAsync(model, version, caller, champion?.Version, "first deployment", cancellation);
            if (outcome.Ok && Traffic.For(model)?.Champion.Version != version)
            {
                await SwapAsync(new TrafficPlan(model, served ?? await versions.GetAsync(found, cancellation)), cancellation);
            }

            return outcome;
        }, cancellation);

    /// <summary>
    /// Puts a version whose gates and approvals hold straight into production: it is loaded and warm, then champion, then takes all traffic.
    /// Refused with every condition that fails, and while a rollout has a say over the traffic.
    /// </summary>
    /// <param name="expected">The champion that the caller saw; null takes the present one, whichever it is.</param>
    public Task<VersionOutcome> PromoteAsync(string model, int version, AliasExpectation? expected, string? reason, Caller caller, CancellationToken cancellation) =>
        ChangeAsync(async () =>
        {
            if (Registry.Version(model, version) is not { } found)
            {
                return VersionOutcome.Refused(ModelRegistry.Unknown(model, version));
            }

            var champion = Registry.Champion(model);
            List<Problem> problems = [];
            if (Store.ActiveOf(model) is { } run && champion?.Version != version)
            {
                problems.Add(new Problem("FLY3231", $"The rollout {run.Id} of version {Number(run.Version)} is {run.State}.", Remedy: $"Wait for it, or POST /v1/rollouts/{run.Id}/abort."));
            }

            problems.AddRange(champion?.Version == version ? [] : Registry.CheckPromotion(found));

            // Only a version that may be promoted is worth loading.
            var served = problems.Count == 0 ? await TryLoadAsync(found, problems, cancellation) : null;
            if (served is null)
            {
                await Audit.DenyAsync(caller, "traffic.promote", VersionObject, $"{model}/{Number(version)}", Number(version), champion?.Digest, found.Digest, reason, problems, cancellation);
                return VersionOutcome.Refused(problems);
            }

            var before = Traffic.For(model)?.Champion;
            var outcome = await Registry.PromoteAsync(model, version, caller, expected is { } seen ? seen.Version : champion?.Version, reason, cancellation);
            if (outcome.Ok && before?.Version != version)
            {
                await SwapAsync(new TrafficPlan(model, served, before), cancellation);
            }
            else if (outcome.Ok && before is { Missing: not null })
            {
                // Mended since the start: it takes its place again.
                await SwapAsync(Traffic.For(model)! with { Champion = served }, cancellation);
            }

            return outcome;
        }, cancellation);

    /// <summary>
    /// Points an alias to a version: <c>champion</c> is a promotion, under the same conditions; any other is the registry's.
    /// </summary>
    public async Task<RegistryOutcome<VersionRecord>> SetAliasAsync(
        string model, string alias, int version, AliasExpectation? expected, string? reason, Caller caller, CancellationToken cancellation)
    {
        if (alias != VersionStore.ChampionAlias)
        {
            return await Registry.Aliases.SetAsync(model, alias, version, expected, caller, reason, cancellation);
        }

        var outcome = await PromoteAsync(model, version, expected, reason, caller, cancellation);
        return new RegistryOutcome<VersionRecord>(outcome.Ok ? Registry.Labels.Find(model, version) : null, outcome.Problems);
    }

    /// <summary>
    /// Points traffic back to an earlier champion, at once; the registry's champion goes with it. A rollout under way is ended:
    /// what it was compared with is no longer there.
    /// </summary>
    public Task<VersionOutcome> RollbackAsync(string model, WayBack way, string? reason, Caller caller, CancellationToken cancellation) =>
        ChangeAsync(async () =>
        {
            const string action = "traffic.rollback";
            if (Registry.RolledBackBefore(model, way) is { } made)
            {
                return made;
            }

            var plan = Traffic.For(model);
            var to = way.To is { } number ? Registry.Version(model, number) : Registry.Previous(model);
            if (way.To is { } unknown && to is null)
            {
                return VersionOutcome.Refused(ModelRegistry.Unknown(model, unknown));
            }

            // Asked before anything is changed: a rollback that is refused leaves the rollout under way as it is.
            var problems = JudgeRollback(model, plan, to, way, reason);
            if (problems.Count > 0)
            {
                await Audit.DenyAsync(caller, action, VersionObject, model, null, plan?.Champion.Digest, to?.Digest, reason, problems, cancellation);
                return VersionOutcome.Refused(problems);
            }

            var served = plan!.Previous is { } warm && warm.Version == to!.Version ? warm : await versions.GetAsync(to!, cancellation);
            var details = new JsonObject { ["from_version"] = plan.Champion.Version, ["to_version"] = to!.Version };
            await Audit.AllowAsync(caller, action, VersionObject, model, Number(to.Version), plan.Champion.Digest, to.Digest, reason, details, cancellation);
            if (Store.ActiveOf(model) is { } run)
            {
                await Store.MoveAsync(run, RolloutStates.Aborted, run.Step, "abort", default, caller.Name, $"The champion was rolled back: {reason}", cancellation);
            }

            var outcome = await Registry.SwapBackAsync(model, way, caller, reason, cancellation);
            if (outcome.Ok)
            {
                await SwapAsync(new TrafficPlan(model, served, plan.Champion), cancellation);
            }
            else if (plan.Canary is not null)
            {
                // The rollout is over already, and nobody watches its canary any more.
                await SwapAsync(plan with { Canary = null }, cancellation);
            }

            return outcome;
        }, cancellation);

    /// <summary>The same to an earlier champion; null for the one before, which is warm.</summary>
    public Task<VersionOutcome> RollbackAsync(string model, string? reason, Caller caller, CancellationToken cancellation, int? back = null) =>
        RollbackAsync(model, new WayBack(back), reason, caller, cancellation);

    private List<Problem> JudgeRollback(string model, TrafficPlan? plan, ModelVersion? to, WayBack way, string? reason)
    {
        List<Problem> problems = [];
        if (string.IsNullOrWhiteSpace(reason))
        {
            problems.Add(new Problem("FLY3203", "A rollback needs a reason.", new ProblemLocation(Field: "reason")));
        }

        if (RegistryNames.JudgeKey(way.Key) is { } bad)
        {
            problems.Add(bad);
        }

        if (plan is null || to is null)
        {
            problems.Add(new Problem("FLY3207", $"The model {model} has no version before its champion.", Remedy: "Deploy another approved version."));
        }
        else if (to.Version == plan.Champion.Version)
        {
            problems.Add(new Problem("FLY3233", $"Version {Number(to.Version)} is the champion already."));
        }
        else
        {
            problems.AddRange([.. Registry.CheckWayBack(to), .. Registry.CheckWay(to, way)]);
        }

        return problems;
    }

    /// <summary>Loads a version, or says why it cannot be.</summary>
    internal async Task<ServedVersion?> TryLoadAsync(ModelVersion version, List<Problem> problems, CancellationToken cancellation)
    {
        try
        {
            return await versions.GetAsync(version, cancellation);
        }
        catch (FlyballException e)
        {
            problems.Add(e.Problem with { Message = $"Version {Number(version.Version)} of {version.Model} cannot be loaded: {e.Problem.Message}" });
            return null;
        }
    }

    /// <summary>Records the plan, then puts it in force.</summary>
    internal async Task SwapAsync(TrafficPlan plan, CancellationToken cancellation)
    {
        await Store.RecordTrafficAsync(plan, cancellation);
        Traffic.Swap(plan);
        versions.Release(Traffic.All.Values);
    }

    internal static string Number(int version) => version.ToString(CultureInfo.InvariantCulture);

    private async Task<VersionOutcome> ChangeAsync(Func<Task<VersionOutcome>> change, CancellationToken cancellation)
    {
        await Changing.WaitAsync(cancellation);
        try
        {
            return await change();
        }
        catch (FlyballException e)
        {
            // A version that cannot be loaded is refused with its reason, and traffic stays as it is.
            return VersionOutcome.Refused(e.Problem);
        }
        finally
        {
            Changing.Release();
        }
    }
}
