using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Storage.Blobs;
using Flyball.Storage.Catalogs;
using Flyball.Training;
using Flyball.Training.Bundles;
using Flyball.Training.Jobs;

namespace Flyball.Registry;

/// <summary>
/// The versions of all models, who allowed them, and which one is champion.
/// <list type="number">
/// <item>A version is registered once per bundle; its gates are decided there, on frozen rows, by the server.</item>
/// <item>Only an approved version can become champion, and an approval holds for one digest.</item>
/// <item>The champion moves by compare-and-set in one transaction; the one before stays reachable as <c>previous</c>.</item>
/// </list>
/// Each change and each refusal leaves an audit entry. Thread-safe: changes wait for each other, reads for nothing.
/// </summary>
public sealed class ModelRegistry(Catalog catalog, BlobStore blobs, AuditTrail audit, TimeProvider time) : IDisposable
{
    private const string VersionObject = "version";

    private readonly VersionStore store = new(catalog);
    private readonly ParityChecks parity = new(catalog);
    private readonly SemaphoreSlim changing = new(1, 1);

    public void Dispose() => changing.Dispose();

    /// <summary>Models with at least one version.</summary>
    public IReadOnlyList<string> Models() => store.Models();

    public IReadOnlyList<ModelVersion> Versions(string model) => store.Versions(model);

    public ModelVersion? Version(string model, int version) => store.Version(model, version);

    public ModelVersion? Champion(string model) => store.Alias(model, VersionStore.ChampionAlias);

    /// <summary>The champion before, which a rollback returns to.</summary>
    public ModelVersion? Previous(string model) => store.Alias(model, VersionStore.PreviousAlias);

    public IReadOnlyList<Approval> Approvals(string model, int version) => store.Approvals(model, version);

    public IReadOnlyList<AliasChange> History(string model) => store.History(model);

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
        await audit.AllowAsync(caller, "parity.check", "model", check.Model, null, null, null, null, details, cancellation);
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
    public async Task<VersionOutcome> RegisterAsync(ModelPlan model, TrainingRun run, Caller author, CancellationToken cancellation)
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
        RequireUsable(ModelBundle.Unpack(blobs.Read(blob), digest));
        var evaluation = FrozenEvaluation.Parse(blobs.Read(evaluationBlob));
        var result = run.Result is null ? null : JsonSerializer.Deserialize<TrainingResult>(run.Result, TrainingJson.Options);
        return await InsertAsync(model, new Candidate(digest, blob, run.RunId, run.Author, result, evaluation), author, cancellation);
    }

    /// <summary>Registers a bundle that was made elsewhere, judged on the given frozen rows. Its latency was not measured here: a gate on it fails.</summary>
    public async Task<VersionOutcome> RegisterBundleAsync(ModelPlan model, ModelBundle bundle, FrozenEvaluation evaluation, Caller author, CancellationToken cancellation)
    {
        if (bundle.Manifest.Model != model.Name)
        {
            return VersionOutcome.Refused(new Problem("FLY3205", $"The bundle is of the model {bundle.Manifest.Model}, not {model.Name}."));
        }

        RequireUsable(bundle);
        var blob = blobs.Put(bundle.Pack());
        return await InsertAsync(model, new Candidate(bundle.Digest, blob, bundle.Manifest.RunId, author.Name, null, evaluation), author, cancellation);
    }

    /// <summary>
    /// Approves a version. Refused for the author of a high-risk model, and for a version whose gates failed unless
    /// <paramref name="overrideGates"/> breaks the glass with a reason: that is recorded as such.
    /// </summary>
    public Task<VersionOutcome> ApproveAsync(string model, int version, Caller approver, string? reason, bool overrideGates, CancellationToken cancellation) =>
        ChangeAsync(model, version, async found =>
        {
            if (found.State == VersionStates.Approved)
            {
                return VersionOutcome.Of(found);
            }

            const string action = "version.approve";
            var breakGlass = found.State == VersionStates.Refused;
            var problems = ApprovalRules.Check(found, approver, reason, overrideGates);
            var name = VersionName(found);
            if (problems.Count > 0)
            {
                await audit.DenyAsync(approver, action, VersionObject, name, Number(version), found.Digest, found.Digest, reason, problems, cancellation);
                return VersionOutcome.Refused(problems);
            }

            var details = new JsonObject { ["state_before"] = found.State, ["state_after"] = VersionStates.Approved, ["break_glass"] = breakGlass };
            if (breakGlass)
            {
                details["failed_gates"] = new JsonArray([.. found.Gates.Where(g => !g.Ok).Select(g => (JsonNode)g.Gate)]);
            }

            await audit.AllowAsync(approver, action, VersionObject, name, Number(version), found.Digest, found.Digest, reason, details, cancellation);
            var approval = new Approval(found.Digest.Hex, "approved", breakGlass, approver.Name, approver.AuthMethod, reason, Now());
            return VersionOutcome.Of(await store.DecideAsync(found, VersionStates.Approved, approval, cancellation));
        }, cancellation);

    /// <summary>Refuses a version that is not in use. It can be approved later only by breaking the glass.</summary>
    public Task<VersionOutcome> RefuseAsync(string model, int version, Caller approver, string? reason, CancellationToken cancellation) =>
        ChangeAsync(model, version, async found =>
        {
            const string action = "version.refuse";
            List<Problem> problems = [];
            if (Champion(model)?.Version == version)
            {
                problems.Add(new Problem("FLY3208", $"Version {version} is the champion.", Remedy: "Roll back first."));
            }

            if (string.IsNullOrWhiteSpace(reason))
            {
                problems.Add(new Problem("FLY3203", "A refusal needs a reason.", new ProblemLocation(Field: "reason")));
            }

            if (problems.Count > 0)
            {
                await audit.DenyAsync(approver, action, VersionObject, VersionName(found), Number(version), found.Digest, found.Digest, reason, problems, cancellation);
                return VersionOutcome.Refused(problems);
            }

            var details = new JsonObject { ["state_before"] = found.State, ["state_after"] = VersionStates.Refused };
            await audit.AllowAsync(approver, action, VersionObject, VersionName(found), Number(version), found.Digest, found.Digest, reason, details, cancellation);
            var refusal = new Approval(found.Digest.Hex, "refused", false, approver.Name, approver.AuthMethod, reason, Now());
            return VersionOutcome.Of(await store.DecideAsync(found, VersionStates.Refused, refusal, cancellation));
        }, cancellation);

    /// <summary>
    /// Makes an approved version the champion, if the champion still is the one the caller saw; the champion before becomes <c>previous</c>.
    /// A version that is the champion already is left as it is.
    /// </summary>
    /// <param name="expectedChampion">Null expects that there is none.</param>
    public Task<VersionOutcome> PromoteAsync(string model, int version, Caller caller, int? expectedChampion, string? reason, CancellationToken cancellation) =>
        ChangeAsync(model, version, async found =>
        {
            var champion = Champion(model);
            if (champion?.Version == version)
            {
                return VersionOutcome.Of(found);
            }

            List<Problem> problems = [.. CheckPromotion(found)];
            if (champion?.Version != expectedChampion)
            {
                problems.Add(Moved(model, expectedChampion, champion?.Version));
            }

            return await MoveAsync(found, champion, problems, "alias.promote", caller, reason, cancellation);
        }, cancellation);

    /// <summary>What speaks against a version taking traffic: no approval of its bytes, or served features that did not come out the same again.</summary>
    internal IReadOnlyList<Problem> CheckPromotion(ModelVersion version)
    {
        var problems = ApprovalRules.CheckPromotion(version, Approvals(version.Model, version.Version));
        return ParityGate.Refusal(parity.Deciding(version.Model)) is { } apart ? [.. problems, apart] : problems;
    }

    /// <summary>Rollback: the champion before becomes champion again, and the present one <c>previous</c>.</summary>
    public async Task<VersionOutcome> SwapBackAsync(string model, Caller caller, string? reason, CancellationToken cancellation)
    {
        if (Previous(model) is not { } previous)
        {
            IReadOnlyList<Problem> none = [new Problem("FLY3207", $"The model {model} has no version before its champion.", Remedy: "Deploy another approved version.")];
            await audit.DenyAsync(caller, "alias.rollback", VersionObject, model, null, Champion(model)?.Digest, null, reason, none, cancellation);
            return VersionOutcome.Refused(none);
        }

        // A version that was refused since it was champion is no place to go back to.
        return await ChangeAsync(
            model,
            previous.Version,
            found => MoveAsync(found, Champion(model), ApprovalRules.CheckPromotion(found, Approvals(model, found.Version)), "alias.rollback", caller, reason, cancellation),
            cancellation);
    }

    /// <summary>A bundle with golden rows must give their scores on this machine before it becomes a version.</summary>
    private static void RequireUsable(ModelBundle bundle)
    {
        if (bundle.Contains(ModelBundle.GoldenName))
        {
            BundleScorer.Load(bundle).Dispose();
        }
    }

    private async Task<VersionOutcome> MoveAsync(
        ModelVersion to, ModelVersion? from, IReadOnlyList<Problem> problems, string action, Caller caller, string? reason, CancellationToken cancellation)
    {
        if (problems.Count == 0)
        {
            await audit.AllowAsync(caller, action, VersionObject, VersionName(to), Number(to.Version), from?.Digest, to.Digest, reason, null, cancellation);
            if (await store.MoveAsync(to.Model, from?.Version, to.Version, from?.Version, caller.Name, reason, Now(), cancellation))
            {
                return VersionOutcome.Of(to);
            }

            // Another process on the same catalog was faster.
            problems = [Moved(to.Model, from?.Version, Champion(to.Model)?.Version)];
        }

        await audit.DenyAsync(caller, action, VersionObject, VersionName(to), Number(to.Version), from?.Digest, to.Digest, reason, problems, cancellation);
        return VersionOutcome.Refused(problems);
    }

    private async Task<VersionOutcome> InsertAsync(ModelPlan model, Candidate candidate, Caller caller, CancellationToken cancellation)
    {
        await changing.WaitAsync(cancellation);
        try
        {
            if (store.WithDigest(model.Name, candidate.Digest) is { } registered)
            {
                return VersionOutcome.Of(registered);
            }

            var problems = new Projects.ProblemList();
            var definitions = ModelGates.Read(model, problems);
            if (problems.Count > 0)
            {
                return VersionOutcome.Refused(problems);
            }

            var gates = GateEvaluator.Evaluate(definitions, AgainstPresentPrevious(AgainstPresentChampion(candidate.Evaluation, Champion(model.Name)), Previous(model.Name)), candidate.Result, model.Vector.Request.Schema, candidate.RunId);
            var state = gates.All(g => g.Ok) ? VersionStates.Registered : VersionStates.Refused;
            var draft = new ModelVersion(
                model.Name, 0, candidate.Digest, candidate.Blob, candidate.RunId, candidate.Author, caller.Name, model.Definition.Risk, state, Now(), gates);
            var details = new JsonObject
            {
                ["run_id"] = candidate.RunId,
                ["state_after"] = state,
                ["failed_gates"] = new JsonArray([.. gates.Where(g => !g.Ok).Select(g => (JsonNode)g.Gate)]),
            };
            await audit.AllowAsync(caller, "version.register", VersionObject, model.Name, null, Champion(model.Name)?.Digest, candidate.Digest, null, details, cancellation);
            return VersionOutcome.Of(await store.InsertAsync(draft, cancellation));
        }
        finally
        {
            changing.Release();
        }
    }

    private async Task<VersionOutcome> ChangeAsync(string model, int version, Func<ModelVersion, Task<VersionOutcome>> change, CancellationToken cancellation)
    {
        await changing.WaitAsync(cancellation);
        try
        {
            return store.Version(model, version) is { } found ? await change(found) : VersionOutcome.Refused(Unknown(model, version));
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>An evaluation against a champion that is none any more proves nothing against the present one: its relative gates fail.</summary>
    private static FrozenEvaluation AgainstPresentChampion(FrozenEvaluation evaluation, ModelVersion? champion) =>
        evaluation.ChampionDigest == champion?.Digest.Hex || evaluation.ChampionMissing is not null
            ? evaluation
            : evaluation with
            {
                ChampionMissing = $"the rows were scored against {evaluation.ChampionDigest ?? "no champion"}, and the champion is now {champion?.Digest.Hex ?? "not set"}",
            };

    /// <summary>The same of the version before the champion.</summary>
    private static FrozenEvaluation AgainstPresentPrevious(FrozenEvaluation evaluation, ModelVersion? previous) =>
        evaluation.PreviousDigest == previous?.Digest.Hex || evaluation.PreviousMissing is not null
            ? evaluation
            : evaluation with
            {
                PreviousMissing = $"the rows were scored against {evaluation.PreviousDigest ?? "none"}, and it is now {previous?.Digest.Hex ?? "not set"}",
            };

    internal static Problem Unknown(string model, int version) =>
        new("FLY4004", string.Create(CultureInfo.InvariantCulture, $"The model {model} has no version {version}."), Remedy: $"GET /v1/models/{model}/versions lists them.");

    private static Problem Moved(string model, int? expected, int? found) => new(
        "FLY3206",
        string.Create(CultureInfo.InvariantCulture, $"The champion of {model} is {Word(found)}, not {Word(expected)}."),
        Remedy: "Look at the present champion and decide again.");

    private static string Word(int? version) => version is { } number ? string.Create(CultureInfo.InvariantCulture, $"version {number}") : "not set";

    private static string VersionName(ModelVersion version) => string.Create(CultureInfo.InvariantCulture, $"{version.Model}/{version.Version}");

    private static string Number(int version) => version.ToString(CultureInfo.InvariantCulture);

    private string Now() => EventTime.From(time.GetUtcNow()).ToString();

    /// <summary>What is to be registered.</summary>
    private sealed record Candidate(Digest Digest, Digest Blob, string RunId, string Author, TrainingResult? Result, FrozenEvaluation Evaluation);
}
