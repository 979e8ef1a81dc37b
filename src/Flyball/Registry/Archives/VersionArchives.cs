using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Projects;
using Flyball.Registry.Attestations;
using Flyball.Storage.Blobs;
using Flyball.Training;
using Flyball.Training.Bundles;

namespace Flyball.Registry.Archives;

/// <summary>
/// Takes versions from one installation to another as one file. What was decided elsewhere comes along as evidence: gates count when the whole archive
/// is signed by a key that somebody who may approve named, and fail otherwise until the version is judged here; approvals are shown and never counted.
/// </summary>
internal sealed class VersionArchives(ModelRegistry registry, BlobStore blobs, AuditTrail audit, Attestor attestor)
{
    /// <summary>The tag of an imported version that names its archive among the blobs.</summary>
    public const string ArchiveTag = "flyball.archive";

    private const int MostSigned = 64;

    /// <summary>Gates that every version has to pass before the declared ones.</summary>
    private static readonly string[] Always = ["scores_finite", "absolute_gate", ParityGate.ProofName];

    /// <summary>
    /// One version as one file, with what was signed of its bundle and a signature over all of it. The same version gives the same bytes until
    /// something is decided about it.
    /// </summary>
    /// <param name="extra">Further members by name, without the folder.</param>
    /// <exception cref="FlyballException">FLY4004: no such version. FLY3343: it has no bundle.</exception>
    public async Task<byte[]> ExportAsync(string model, int version, Caller caller, IReadOnlyDictionary<string, byte[]> extra, CancellationToken cancellation)
    {
        if (registry.Labels.Find(model, version) is not { } record)
        {
            throw new FlyballException(ModelRegistry.Unknown(model, version));
        }

        if (!record.Version.HasBundle)
        {
            throw new FlyballException(registry.CheckPromotion(record.Version)[0]);
        }

        var bundle = registry.ReadBundle(record.Version.Digest);
        var members = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            [ArchiveFormat.Bundle] = bundle.Pack(),
            [ArchiveFormat.Version] = CanonicalJson.Write(ArchivedVersion.Of(record) with { RunId = bundle.Manifest.RunId }, RegistryJson.Options),
            [ArchiveFormat.Approvals] = CanonicalJson.Write(registry.Approvals(model, version), RegistryJson.Options),
            [ArchiveFormat.Ledger] = CanonicalJson.Write(registry.Ledger.Tail(model, version, int.MaxValue), RegistryJson.Options),
        };
        foreach (var attestation in attestor.Of(record.Version.Digest))
        {
            members[Member(attestation.Kind, attestation.KeyId)] = CanonicalJson.Write(attestation.Content);
        }

        foreach (var (name, bytes) in extra)
        {
            members[ArchiveFormat.Extra + name] = bytes;
        }

        members[Member(AttestationKinds.Archive, attestor.Key.Id)] = await attestor.SignArchiveAsync(members, cancellation);

        await audit.AllowAsync(
            caller, "version.export", "version", $"{model}/{VersionStore.Number(version)}", VersionStore.Number(version), record.Version.Digest, record.Version.Digest, null, null, cancellation);
        return ArchiveFormat.Pack(members);
    }

    /// <summary>
    /// Registers the version of an archive, once every digest in it was checked. With a key that signed all of it, named by somebody who may approve, its gates are those decided
    /// elsewhere: one that this project declares and the archive does not answer fails, and so does one against a champion when there is one here.
    /// Otherwise nobody knows who decided them: all fail, and the version waits to be judged here. The same bundle again gives the first version back.
    /// </summary>
    /// <param name="publicPem">Public key of the installation it comes from; null when the caller has none.</param>
    /// <exception cref="FlyballException">
    /// FLY3350: the archive is damaged or foreign. FLY3351: the project has no such model. FLY3373: it is not signed with the key. FLY116x: the bundle in it is damaged.
    /// </exception>
    public async Task<VersionOutcome> ImportAsync(byte[] packed, IReadOnlyDictionary<string, ModelPlan> models, Caller caller, CancellationToken cancellation, string? publicPem = null)
    {
        var members = ArchiveFormat.Unpack(packed);
        var attestations = ArchivedAttestations.Judge(packed, publicPem);
        var record = Read(members[ArchiveFormat.Version]);
        _ = Evidence(members);
        if (!Digest.TryParse(record.Digest, out var digest))
        {
            throw ArchiveFormat.Refused("The record in the archive names no digest.");
        }

        var bundle = ModelBundle.Unpack(members[ArchiveFormat.Bundle], digest);
        if (bundle.Manifest.Model != record.Model || bundle.Manifest.RunId != record.RunId)
        {
            throw ArchiveFormat.Refused($"The archive's bundle is of the model {bundle.Manifest.Model} and another run than its record says.");
        }

        if (!models.TryGetValue(record.Model, out var model))
        {
            throw new FlyballException(new Problem(
                "FLY3351", $"The project here has no model {record.Model}.", new ProblemLocation(Field: "archive"), "Apply a project that defines it, then import again."));
        }

        BundleDoor.Require(bundle);
        await registry.RequireValidAsync(bundle, cancellation);
        ModelRegistry.RequireUsable(bundle);
        var problems = new ProblemList();
        var whose = publicPem is null ? "nothing proves who decided it elsewhere"
            : caller.May(Permission.Approve) ? null
            : "the key it is signed with was named by somebody who may not approve";
        var gates = whose is null ? Gates(record, model, registry.Champion(record.Model) is not null, problems) : Uncounted(model, whose, problems);
        if (problems.Count > 0)
        {
            return VersionOutcome.Refused(problems);
        }

        var blob = blobs.Put(members[ArchiveFormat.Bundle]);
        var archive = blobs.Put(packed);
        var risk = record.Risk == "high" || model.Definition.Risk == "high" ? "high" : model.Definition.Risk;
        var state = gates.All(g => g.Ok) ? VersionStates.Registered : VersionStates.Refused;
        var draft = new ModelVersion(record.Model, 0, digest, blob, record.RunId, record.Author, caller.Name, risk, state, "", gates) { Description = record.Description };
        var outcome = await registry.InsertAsync(
            (record.Model, digest),
            () => VersionOutcome.Of(draft),
            caller,
            new JsonObject
            {
                ["archive"] = archive.Hex,
                ["version_elsewhere"] = record.Version,
                ["archive_key"] = publicPem is null ? null : Digest.Of(publicPem).Hex,
                ["gates_counted"] = whose is null,
                ["attestations"] = attestations,
            },
            "imported",
            new Dictionary<string, string> { [ArchiveTag] = archive.Hex },
            cancellation);
        if (outcome.Ok)
        {
            await KeepSignedAsync(bundle, members, publicPem, cancellation);
        }

        return outcome;
    }

    /// <summary>What others signed of the bundle goes on with it, and out again with the next export.</summary>
    private async Task KeepSignedAsync(ModelBundle bundle, IReadOnlyDictionary<string, byte[]> members, string? publicPem, CancellationToken cancellation)
    {
        foreach (var (name, content) in members.Where(m => ArchivedAttestations.KindOf(m.Key) is not null).Take(MostSigned))
        {
            if (ArchivedAttestations.TryRead(content) is { } document)
            {
                await attestor.KeepForeignAsync(bundle, ArchivedAttestations.KindOf(name)!, document, publicPem, cancellation);
            }
        }
    }

    /// <summary>What the archive of an imported version says about it; null for a version that was not imported, or whose archive is gone.</summary>
    public JsonNode? EvidenceOf(VersionRecord record)
    {
        if (!record.Tags.TryGetValue(ArchiveTag, out var hex) || !Digest.TryParse(hex, out var digest))
        {
            return null;
        }

        try
        {
            return Evidence(ArchiveFormat.Unpack(blobs.Read(digest)));
        }
        catch (FlyballException e)
        {
            return new JsonObject { ["unreadable"] = e.Problem.Message };
        }
    }

    private static JsonObject Evidence(IReadOnlyDictionary<string, byte[]> members)
    {
        try
        {
            return new JsonObject
            {
                ["version"] = JsonNode.Parse(members[ArchiveFormat.Version]),
                ["approvals"] = JsonNode.Parse(members[ArchiveFormat.Approvals]),
                ["ledger"] = JsonNode.Parse(members[ArchiveFormat.Ledger]),
                ["extra"] = new JsonArray([.. members.Keys.Where(k => k.StartsWith(ArchiveFormat.Extra, StringComparison.Ordinal)).Select(k => (JsonNode)k)]),
            };
        }
        catch (JsonException e)
        {
            throw ArchiveFormat.Refused("The evidence in the archive cannot be read.", e);
        }
    }

    private static ArchivedVersion Read(byte[] record)
    {
        try
        {
            // A record of another installation: the types say what may be missing, and JSON does not hold to them.
            return JsonSerializer.Deserialize<ArchivedVersion>(record, RegistryJson.Options) is { Model.Length: > 0, Gates: { } gates, RunId: not null, Author: not null } read
                && gates.All(g => g is { Gate.Length: > 0, Detail: not null }) && RegistryNames.JudgeText(read.Description, "description") is null
                ? read
                : throw ArchiveFormat.Refused("The record in the archive is incomplete.");
        }
        catch (JsonException e)
        {
            throw ArchiveFormat.Refused("The record in the archive cannot be read.", e);
        }
    }

    private static string Member(string kind, string keyId) => $"{ArchiveFormat.Extra}{kind}.{Digest.Of(keyId).Short}.json";

    /// <summary>Every gate that this project asks for, failed: what an archive says of itself decides nothing.</summary>
    private static List<GateResult> Uncounted(ModelPlan model, string why, ProblemList problems) =>
    [
        .. Always.Concat(ModelGates.Read(model, problems).Select(d => d.Text)).Distinct(StringComparer.Ordinal)
            .Select(text => new GateResult(text, null, null, false, $"not counted, {why}: judge the version here, flyball models rejudge {model.Name}@VERSION")),
    ];

    private static List<GateResult> Gates(ArchivedVersion record, ModelPlan model, bool hasChampion, ProblemList problems)
    {
        var decided = record.Gates.DistinctBy(g => g.Gate, StringComparer.Ordinal).ToDictionary(g => g.Gate, StringComparer.Ordinal);
        var declared = ModelGates.Read(model, problems);
        List<GateResult> gates = [.. record.Gates.Select(g => g with { Detail = $"decided elsewhere: {g.Detail}" })];
        gates.AddRange(Always.Concat(declared.Select(d => d.Text)).Where(text => !decided.ContainsKey(text)).Distinct(StringComparer.Ordinal)
            .Select(text => new GateResult(text, null, null, false, "the archive has no result of it")));
        if (hasChampion)
        {
            var relative = declared.Where(d => d.Bound.IsChampion).Select(d => d.Text).ToHashSet(StringComparer.Ordinal);
            gates = [.. gates.Select(g => relative.Contains(g.Gate) ? g with { Ok = false, Detail = $"{g.Detail}; not compared with the champion here" } : g)];
        }

        return gates;
    }
}
