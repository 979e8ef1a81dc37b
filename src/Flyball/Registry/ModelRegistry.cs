using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Registry.Attestations;
using Flyball.Registry.Events;
using Flyball.Registry.Ledger;
using Flyball.Storage.Blobs;
using Flyball.Storage.Catalogs;
using Flyball.Training;
using Flyball.Training.Bundles;
using Flyball.Training.Jobs;
using Flyball.Training.Validation;

namespace Flyball.Registry;

/// <summary>
/// The versions of all models, who allowed them, and which one is champion.
/// <list type="number">
/// <item>A version is registered once per bundle; its gates are decided there, on frozen rows, by the server.</item>
/// <item>Only an approved version can become champion, and an approval holds for one digest.</item>
/// <item>The champion moves by compare-and-set in one transaction; the one before stays reachable as <c>previous</c>.</item>
/// </list>
/// Each change and each refusal leaves an audit entry, each change an entry of the ledger. Thread-safe: changes wait for each other, reads for nothing.
/// </summary>
public sealed class ModelRegistry : IDisposable
{
    private const string VersionObject = "version";

    private static readonly Dictionary<string, string> NoTags = [];

    private readonly VersionStore store;
    private readonly ParityChecks parity;
    private readonly BlobStore blobs;
    private readonly RegistryChanges changes;
    private readonly VersionApprovals approvals;
    private readonly Promotions promotions;
    private readonly RepeatedJudgements repeated;

    /// <param name="uses">Stages that need versions; none for a registry that nothing is served from.</param>
    public ModelRegistry(Catalog catalog, BlobStore blobs, AuditTrail audit, TimeProvider time, IEnumerable<IVersionUses>? uses = null)
    {
        this.blobs = blobs;
        store = new VersionStore(catalog);
        parity = new ParityChecks(catalog);
        changes = new RegistryChanges(catalog, audit, time);
        approvals = new VersionApprovals(changes);
        promotions = new Promotions(changes, Unsigned);
        repeated = new RepeatedJudgements(changes, blobs);
        Names = new RegisteredModels(changes);
        Outside = new OutsideVersions(changes, blobs);
        Aliases = new RegistryAliases(changes, IsDefined);
        Labels = new VersionLabels(changes, promotions.Check, IsDefined);
        Deprecations = new VersionDeprecations(changes, Labels, Names);
        Life = new VersionLife(changes, [.. uses ?? []]);
        Ledger = new RegistryLedger(catalog, audit);
        Events = new Outbox(catalog);
        Search = new RegistrySearch(catalog);
    }

    /// <summary>
    /// Signs every version that comes in; a version is promoted only when what it signed still holds. Null for a registry that nothing is promoted in.
    /// </summary>
    public Attestor? Signer { get; init; }

    /// <summary>Models as names that versions stand under.</summary>
    public RegisteredModels Names { get; }

    /// <summary>Versions that were made elsewhere.</summary>
    public OutsideVersions Outside { get; }

    /// <summary>Tags, descriptions and stages of versions.</summary>
    public VersionLabels Labels { get; }

    /// <summary>The team's aliases; the champion moves by <see cref="PromoteAsync"/> and <see cref="SwapBackAsync(string, WayBack, Caller, string?, CancellationToken)"/>.</summary>
    public RegistryAliases Aliases { get; }

    /// <summary>Versions whose users are to move on.</summary>
    public VersionDeprecations Deprecations { get; }

    /// <summary>Retirement and deletion of versions.</summary>
    public VersionLife Life { get; }

    /// <summary>Every change there was, and what held at an instant.</summary>
    public RegistryLedger Ledger { get; }

    /// <summary>What is told to others.</summary>
    public Outbox Events { get; }

    public RegistrySearch Search { get; }

    /// <summary>The project that says which models are judged here; null for a registry without one.</summary>
    public ActiveProject? Project { get; init; }

    /// <summary>Examines model files of other programs before anything here loads them; null for a registry that nothing is served from.</summary>
    public ModelValidation? Validation { get; init; }

    public void Dispose() => changes.Dispose();

    /// <summary>Models with at least one version that Flyball judged and can run.</summary>
    public IReadOnlyList<string> Models() => store.Models();

    public IReadOnlyList<ModelVersion> Versions(string model) => store.Versions(model);

    /// <summary>How many versions a model has.</summary>
    public int CountVersions(string model) => store.Count(model);

    public ModelVersion? Version(string model, int version) => store.Version(model, version);

    /// <summary>The version of a model with the digest of its bundle; null when there is none.</summary>
    public ModelVersion? Version(string model, Digest digest) => store.WithDigest(model, digest);

    /// <summary>The version that answers; null also when the name stands for files that nobody judged, which answer nothing.</summary>
    public ModelVersion? Champion(string model) => store.Alias(model, VersionStore.ChampionAlias) is { HasBundle: true } champion ? champion : null;

    /// <summary>Whom a version of the model is compared with now.</summary>
    internal PresentVersions Present(string model) => PresentVersions.Of(changes.Catalog, model);

    /// <summary>The champion before, which a rollback returns to.</summary>
    public ModelVersion? Previous(string model) => store.Alias(model, VersionStore.PreviousAlias) is { HasBundle: true } previous ? previous : null;

    public IReadOnlyList<Approval> Approvals(string model, int version) => store.Approvals(model, version);

    /// <summary>Moves of the champion and the one before, in order.</summary>
    public IReadOnlyList<AliasChange> History(string model) => [.. Ledger.Moves(model)
        .Where(e => RegistryAliases.IsOwn(e.Name!) && e.New is not null)
        .Select((e, i) => new AliasChange(i + 1, e.Name!, e.Old is null ? null : Parse(e.Old), Parse(e.New!), e.Actor, e.Reason, e.At))];

    /// <summary>The last comparison of the model's served vectors with the offline path; null before the first.</summary>
    public ParityCheck? Parity(string model) => parity.Last(model);

    /// <summary>Whether the model's served vectors let its versions be promoted, as a gate.</summary>
    public GateResult ServedParity(string model) => ParityGate.OfServed(parity.Deciding(model));

    /// <summary>Keeps a comparison of served vectors; from then on it decides about promotions, when it compared anything.</summary>
    /// <param name="check">Its number and time are assigned here.</param>
    public async Task<ParityCheck> RecordParityAsync(ParityCheck check, Caller caller, CancellationToken cancellation)
    {
        var details = new JsonObject
        {
            ["compared"] = check.Compared,
            ["identical"] = check.Identical,
            ["features"] = new JsonArray([.. check.Features.Select(f => (JsonNode)f)]),
        };
        await changes.Audit.AllowAsync(caller, "parity.check", "model", check.Model, null, null, null, null, details, cancellation);
        return await parity.InsertAsync(check with { CheckedAt = Now(), Actor = caller.Name }, cancellation);
    }

    /// <summary>The bundle of a version, verified against its digest. Cost: one read and two hashes of the bundle.</summary>
    /// <exception cref="FlyballException">No version has this digest, or the stored bytes are damaged.</exception>
    public ModelBundle ReadBundle(Digest digest) => store.AnyWithDigest(digest) is { } version
        ? ModelBundle.Unpack(blobs.Read(version.Blob), digest)
        : throw new FlyballException(new Problem("FLY4004", $"No version has the digest {digest.Short}.", Remedy: "GET /v1/models lists the models and their versions."));

    /// <summary>
    /// Registers what a training run made, and decides its gates: the version comes back registered or refused. Registering the same
    /// bundle again gives the first version back.
    /// </summary>
    /// <exception cref="FlyballException">The bundle or the evaluation is missing or damaged.</exception>
    /// <param name="definedBy">Who applied the definitions in force; null when that is not known.</param>
    public async Task<VersionOutcome> RegisterAsync(ModelPlan model, TrainingRun run, Caller author, CancellationToken cancellation, string? definedBy = null)
    {
        if (!run.Succeeded || !Digest.TryParse(run.BundleBlob, out var blob) || !Digest.TryParse(run.EvaluationBlob, out var evaluationBlob) || !Digest.TryParse(run.Bundle, out var digest))
        {
            return VersionOutcome.Refused(new Problem("FLY3205", $"The run {run.RunId} is {run.State}: it made no bundle.", Remedy: "Register a run that succeeded."));
        }

        if (run.Model != model.Name)
        {
            return VersionOutcome.Refused(new Problem("FLY3205", $"The run {run.RunId} trained {run.Model}, not {model.Name}."));
        }

        // Read before anything is recorded: a damaged bundle must not become a version.
        var made = ModelBundle.Unpack(blobs.Read(blob), digest);
        if (ModelValidation.IsForeign(made.Manifest))
        {
            await RequireValidAsync(made, cancellation);
        }

        RequireUsable(made);
        var evaluation = FrozenEvaluation.Parse(blobs.Read(evaluationBlob));
        var result = run.Result is null ? null : JsonSerializer.Deserialize<TrainingResult>(run.Result, TrainingJson.Options);
        return await InsertAsync(model, new VersionCandidate(digest, blob, run.RunId, run.Author, result, evaluation) { DefinedBy = definedBy }, author, cancellation);
    }

    /// <summary>Registers a bundle that was made elsewhere, judged on the given frozen rows. Its latency was not measured here: a gate on it fails.</summary>
    public async Task<VersionOutcome> RegisterBundleAsync(ModelPlan model, ModelBundle bundle, FrozenEvaluation evaluation, Caller author, CancellationToken cancellation)
    {
        if (bundle.Manifest.Model != model.Name)
        {
            return VersionOutcome.Refused(new Problem("FLY3205", $"The bundle is of the model {bundle.Manifest.Model}, not {model.Name}."));
        }

        await RequireValidAsync(bundle, cancellation);
        RequireUsable(bundle);
        var blob = blobs.Put(bundle.Pack());
        return await InsertAsync(model, new VersionCandidate(bundle.Digest, blob, bundle.Manifest.RunId, author.Name, null, evaluation), author, cancellation);
    }

    /// <summary>
    /// Judges a version that came as files by a bundle that was made of it: it gets the bundle's digest and is registered or refused like one
    /// that was trained here. Decisions about the files do not hold for the bundle: neither does an alias of promotions that stood for them.
    /// </summary>
    /// <param name="result">What a run measured of the bundle; null when none did, and gates on it fail.</param>
    public async Task<VersionOutcome> JudgeOutsideAsync(
        ModelPlan model, int version, ModelBundle bundle, FrozenEvaluation evaluation, Caller caller, CancellationToken cancellation, TrainingResult? result = null)
    {
        if (bundle.Manifest.Model != model.Name)
        {
            return VersionOutcome.Refused(new Problem("FLY3205", $"The bundle is of the model {bundle.Manifest.Model}, not {model.Name}."));
        }

        await RequireValidAsync(bundle, cancellation);
        RequireUsable(bundle);
        var blob = blobs.Put(bundle.Pack());
        return await changes.AloneAsync(
            async () =>
            {
                if (store.Version(model.Name, version) is not { } found)
                {
                    return VersionOutcome.Refused(Unknown(model.Name, version));
                }

                var candidate = new VersionCandidate(bundle.Digest, blob, bundle.Manifest.RunId, found.Author, result, evaluation) { DefinedBy = Project?.AppliedBy };
                if (VersionJudgement.Of(model, candidate, caller, Present(model.Name), out var problems) is not { } judged)
                {
                    return VersionOutcome.Refused(problems);
                }

                var made = await changes.MakeAloneAsync(
                    Act("version.judge", caller, model.Name, found, judged),
                    (c, t) => VersionStore.Find(c, t, model.Name, version) is not { } again ? [Unknown(model.Name, version)]
                        : again.HasBundle ? [new Problem("FLY3204", string.Create(CultureInfo.InvariantCulture, $"Version {version} has a bundle already."), Remedy: "Register the other one as a version of its own.")]
                        : again.State == VersionStates.Archived ? [new Problem("FLY3204", string.Create(CultureInfo.InvariantCulture, $"Version {version} is archived."), Remedy: "Register a new version.")]
                        : VersionStore.WithBundle(c, t, model.Name, bundle.Digest) is { } twin ? [new Problem("FLY3205", string.Create(CultureInfo.InvariantCulture, $"The bundle is version {twin} already."), Remedy: "Approve and promote that version: it is the same model.")]
                        : [],
                    change => VersionStore.Judge(change, found, judged),
                    cancellation);
                return await SignedAsync(Outcome(made), bundle, cancellation);
            },
            cancellation);
    }

    /// <summary>What speaks against judging a version again: it has no bundle, it is archived, or it is the champion or the way back.</summary>
    public IReadOnlyList<Problem> CheckRejudge(string model, int version) => repeated.Check(model, version);

    /// <summary>
    /// Judges a version with a bundle again, by a run that evaluated its bundle beside the present champion. The results stand in place of the old
    /// ones, which the ledger keeps by digest; an approval stays only when every gate holds.
    /// </summary>
    public Task<VersionOutcome> RejudgeAsync(ModelPlan model, int version, TrainingRun run, string? reason, Caller caller, CancellationToken cancellation) =>
        changes.AloneAsync(() => repeated.TakeAsync(model, version, run, reason, caller, cancellation), cancellation);

    /// <summary>
    /// Approves a version. Refused for the author of a high-risk model, and for a version whose gates failed unless
    /// <paramref name="overrideGates"/> breaks the glass with a reason: that is recorded as such.
    /// </summary>
    public Task<VersionOutcome> ApproveAsync(string model, int version, Caller approver, string? reason, bool overrideGates, CancellationToken cancellation) =>
        ApproveAsync(model, version, approver, new ApprovalTerms(reason, overrideGates), cancellation);

    /// <summary>The same, with terms: an approval may hold for a time.</summary>
    public Task<VersionOutcome> ApproveAsync(string model, int version, Caller approver, ApprovalTerms terms, CancellationToken cancellation) =>
        ChangeAsync(model, version, found => approvals.ApproveAsync(found, approver, terms, cancellation), cancellation);

    /// <summary>Refuses a version that is not in use. It can be approved later only by breaking the glass.</summary>
    public Task<VersionOutcome> RefuseAsync(string model, int version, Caller approver, string? reason, CancellationToken cancellation) =>
        ChangeAsync(model, version, found => approvals.RefuseAsync(found, Champion(model)?.Version, approver, reason, cancellation), cancellation);

    /// <summary>Writes a comment beside the decisions about a version; it decides nothing.</summary>
    public Task<VersionOutcome> CommentAsync(string model, int version, Caller caller, string? comment, CancellationToken cancellation) =>
        ChangeAsync(model, version, found => approvals.CommentAsync(found, caller, comment, cancellation), cancellation);

    /// <summary>
    /// Makes an approved version the champion, if the champion still is the one the caller saw; the champion before becomes <c>previous</c>.
    /// A version that is the champion already is left as it is.
    /// </summary>
    /// <param name="expectedChampion">Null expects that there is none.</param>
    public Task<VersionOutcome> PromoteAsync(string model, int version, Caller caller, int? expectedChampion, string? reason, CancellationToken cancellation) =>
        ChangeAsync(model, version, found => promotions.PromoteAsync(found, caller, expectedChampion, reason, cancellation), cancellation);

    /// <summary>
    /// What speaks against a version taking traffic: no bundle, a failed gate, no approval of its bytes or one that ran out, a comparison with another champion
    /// than the present one, no signature that holds, or served features that did not come out the same again.
    /// </summary>
    public IReadOnlyList<Problem> CheckPromotion(ModelVersion version) => [.. changes.Catalog.Read(c => promotions.Check(c, null, version)), .. Unsigned(version)];

    /// <summary>What speaks against going back to a version.</summary>
    public IReadOnlyList<Problem> CheckWayBack(ModelVersion version) => changes.Catalog.Read(c => Promotions.CheckWayBack(c, null, version));

    /// <summary>Rollback: an earlier champion becomes champion again, and the present one <c>previous</c>.</summary>
    public Task<VersionOutcome> SwapBackAsync(string model, WayBack way, Caller caller, string? reason, CancellationToken cancellation) =>
        changes.AloneAsync(() => promotions.GoBackAsync(model, way, caller, reason, cancellation), cancellation);

    /// <summary>The same to an earlier champion; null for the one before.</summary>
    public Task<VersionOutcome> SwapBackAsync(string model, Caller caller, string? reason, CancellationToken cancellation, int? to = null) =>
        SwapBackAsync(model, new WayBack(to), caller, reason, cancellation);

    /// <summary>What speaks against a rollback as it was asked for, beside the version's own state.</summary>
    public IReadOnlyList<Problem> CheckWay(ModelVersion target, WayBack way) => changes.Catalog.Read(c => promotions.CheckWay(c, null, target, way));

    /// <summary>What a rollback with the same key made before; null when there was none.</summary>
    public VersionOutcome? RolledBackBefore(string model, WayBack way) => promotions.Before(model, way);

    /// <summary>Registers what has been judged elsewhere or here, under the next number; the same bundle again gives the first version back.</summary>
    internal async Task<VersionOutcome> InsertAsync(
        (string Model, Digest Digest) what,
        Func<VersionOutcome> judge,
        Caller caller,
        JsonObject details,
        string? reason,
        IReadOnlyDictionary<string, string> tags,
        CancellationToken cancellation) => await changes.AloneAsync(
        async () =>
        {
            if (store.WithDigest(what.Model, what.Digest) is { } registered)
            {
                return VersionOutcome.Of(registered);
            }

            var judged = judge();
            if (!judged.Ok)
            {
                return judged;
            }

            var draft = judged.Version;
            details["run_id"] = draft.RunId;
            details["state_after"] = draft.State;
            details["failed_gates"] = new JsonArray([.. draft.Gates.Where(g => !g.Ok).Select(g => (JsonNode)g.Gate)]);
            var made = await changes.MakeAloneAsync(
                new RegistryAct(caller, "version.register", VersionObject, draft.Model, reason) { Before = Champion(draft.Model)?.Digest, After = draft.Digest, Details = details },
                (_, _) => [],
                change => VersionStore.InsertJudged(change, draft, tags),
                cancellation);
            return await SignedAsync(Outcome(made), null, cancellation);
        },
        cancellation);

    /// <summary>A bundle of another program, or from elsewhere, is examined in a process apart before this one loads it.</summary>
    internal Task RequireValidAsync(ModelBundle bundle, CancellationToken cancellation) => Validation?.RequireAsync(bundle, cancellation) ?? Task.CompletedTask;

    /// <summary>A bundle with golden rows must give their scores on this machine before it becomes a version.</summary>
    internal static void RequireUsable(ModelBundle bundle)
    {
        if (bundle.Contains(ModelBundle.GoldenName))
        {
            BundleScorer.Load(bundle).Dispose();
        }
    }

    private async Task<VersionOutcome> SignedAsync(VersionOutcome outcome, ModelBundle? bundle, CancellationToken cancellation)
    {
        if (outcome.Ok && Signer is { } signer)
        {
            await signer.SignAsync(bundle ?? ReadBundle(outcome.Version.Digest), null, cancellation);
        }

        return outcome;
    }

    private IReadOnlyList<Problem> Unsigned(ModelVersion version)
    {
        if (Signer is not { } signer || !version.HasBundle)
        {
            return [];
        }

        try
        {
            return signer.OwnDefect(ReadBundle(version.Digest)) is not { } defect ? [] :
            [
                new Problem(
                    "FLY3357",
                    $"The signature of version {VersionStore.Number(version.Version)} does not hold: {defect}.",
                    new ProblemLocation(Field: "signature"),
                    $"Find out who changed it. A version that was never signed here is signed when it is judged again: flyball models rejudge {version.Model}@{VersionStore.Number(version.Version)}."),
            ];
        }
        catch (FlyballException e)
        {
            return [e.Problem with { Message = $"Version {VersionStore.Number(version.Version)} cannot be read: {e.Problem.Message}" }];
        }
    }

    private Task<VersionOutcome> InsertAsync(ModelPlan model, VersionCandidate candidate, Caller caller, CancellationToken cancellation) => InsertAsync(
        (model.Name, candidate.Digest),
        () => VersionJudgement.Of(model, candidate, caller, Present(model.Name), out var problems) is { } judged ? VersionOutcome.Of(judged) : VersionOutcome.Refused(problems),
        caller,
        [],
        null,
        NoTags,
        cancellation);

    private Task<VersionOutcome> ChangeAsync(string model, int version, Func<ModelVersion, Task<VersionOutcome>> change, CancellationToken cancellation) => changes.AloneAsync(
        () => store.Version(model, version) is { } found ? change(found) : Task.FromResult(VersionOutcome.Refused(Unknown(model, version))),
        cancellation);

    private bool IsDefined(string model) => Project?.Current.Models.ContainsKey(model) == true;

    internal static Problem Unknown(string model, int version) =>
        new("FLY4004", string.Create(CultureInfo.InvariantCulture, $"The model {model} has no version {version}."), Remedy: $"GET /v1/models/{model}/versions lists them.");

    private static RegistryAct Act(string action, Caller caller, string model, ModelVersion before, ModelVersion after) =>
        new(caller, action, VersionObject, $"{model}/{VersionStore.Number(before.Version)}", null)
        {
            ObjectVersion = VersionStore.Number(before.Version),
            Before = before.Digest,
            After = after.Digest,
            Details = new JsonObject { ["state_before"] = before.State, ["state_after"] = after.State },
        };

    private static VersionOutcome Outcome(RegistryOutcome<ModelVersion> made) => made.Ok ? VersionOutcome.Of(made.Value) : VersionOutcome.Refused(made.Problems);

    private static int Parse(string version) => int.Parse(version, NumberStyles.None, CultureInfo.InvariantCulture);

    private string Now() => changes.Now.ToString();
}
