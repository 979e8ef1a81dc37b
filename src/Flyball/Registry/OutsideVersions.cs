using System.Data;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Registry.Events;
using Flyball.Storage.Blobs;

namespace Flyball.Registry;

/// <summary>
/// Versions that were made elsewhere and come as a list of files. They are numbered together with those that were trained here, carry tags
/// and aliases like them, and are never run: without a bundle that was judged here none can become champion or take traffic.
/// </summary>
public sealed class OutsideVersions
{
    private readonly RegistryChanges changes;
    private readonly BlobStore blobs;

    internal OutsideVersions(RegistryChanges changes, BlobStore blobs) => (this.changes, this.blobs) = (changes, blobs);

    /// <summary>
    /// Registers a version: its list of files is sealed among the blobs, and its digest is the digest of that list. Each call makes a new
    /// version, whatever the source; every file must lie among the blobs, as long as it is said to be. With an idempotency key the first call does, and others with the same draft get its version.
    /// </summary>
    public async Task<RegistryOutcome<VersionRecord>> CreateAsync(VersionDraft draft, Caller caller, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(draft);
        List<Problem?> bad =
        [
            RegistryNames.JudgeSource(draft.Source), RegistryNames.JudgeText(draft.Description, "description"), RegistryNames.JudgeText(draft.RunLink, "run_link"),
            RegistryNames.JudgeKey(draft.IdempotencyKey),
            RegistryNames.JudgeId(draft.RunId, "run_id"), RegistryNames.JudgeId(draft.LoggedModel, "model_id"),
            .. draft.Tags.SelectMany(t => RegistryNames.JudgeTag(t.Key, t.Value)), .. FileManifest.Judge(draft.Files),
        ];
        IReadOnlyList<Problem> problems = [.. bad.OfType<Problem>()];
        problems = problems.Count > 0 ? problems : Absent(draft.Files);
        if (problems.Count > 0)
        {
            return new RegistryOutcome<VersionRecord>(null, problems);
        }

        var manifest = blobs.Put(FileManifest.Write(draft.Files));
        var body = IdempotentCreates.BodyOf(Body(draft, manifest.Hex));
        return await changes.MakeAsync(
            () => new RegistryAct(caller, "version.register", "version", draft.Model, draft.Reason)
            {
                After = manifest,
                Details = new JsonObject { ["run_id"] = draft.RunId, ["files"] = draft.Files.Count, ["state_after"] = VersionStates.Unjudged },
            },
            (c, t) => IdempotentCreates.Find(c, t, IdempotentCreates.Versions, draft.IdempotencyKey) is { } made
                ? IdempotentCreates.Judge(made, body) is { } other ? [other] : Deleted(c, t, made)
                : ModelStore.Exists(c, t, draft.Model) ? [] : [ModelStore.Unknown(draft.Model)],
            change => IdempotentCreates.Find(change.Connection, change.Transaction, IdempotentCreates.Versions, draft.IdempotencyKey) is { Version: { } version } first
                ? VersionRecords.Find(change.Connection, change.Transaction, first.Model, version)!
                : Insert(change, draft, manifest, body),
            cancellation);
    }

    /// <summary>The files of a version, from their sealed list, which is verified. Empty for a version that was trained here.</summary>
    /// <exception cref="FlyballException">The list is missing or damaged.</exception>
    public IReadOnlyList<SealedFile> Files(ModelVersion version)
    {
        ArgumentNullException.ThrowIfNull(version);
        return version.Manifest is { } manifest ? FileManifest.Read(blobs.Read(manifest)) : [];
    }

    /// <summary>What is sealed can be sent: each file lies here, and is as long as it is said to be.</summary>
    private IReadOnlyList<Problem> Absent(IReadOnlyList<SealedFile> files) =>
    [
        .. files.Select((file, i) => (file, i)).Where(f => !blobs.Contains(f.file.Sha256) || blobs.LengthOf(f.file.Sha256) != f.file.Size).Take(10).Select(f => new Problem(
            "FLY3334",
            blobs.Contains(f.file.Sha256) ? "The file with this SHA-256 has another size." : "No file with this SHA-256 was uploaded.",
            new ProblemLocation(Field: string.Create(System.Globalization.CultureInfo.InvariantCulture, $"files[{f.i}]")),
            "Upload it with PUT /api/2.0/mlflow-artifacts/artifacts/{path} first.")),
    ];

    private static VersionRecord Insert(RegistryTransaction change, VersionDraft draft, Engine.Identity.Digest manifest, string body)
    {
        var version = VersionStore.Insert(change, new ModelVersion(
            draft.Model, 0, manifest, manifest, draft.RunId ?? "", draft.Author ?? change.Caller.Name, change.Caller.Name, "low", VersionStates.Unjudged, "", [])
        {
            Form = VersionForms.Files,
            Manifest = manifest,
            Source = draft.Source,
            LoggedModel = draft.LoggedModel,
            RunLink = draft.RunLink,
            Description = draft.Description,
        });
        foreach (var (key, value) in draft.Tags.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            TagStore.Set(change, version, key, value, tell: false);
        }

        change.Tell(draft.Model, EventNames.Version, EventNames.Created, VersionRecords.Payload(version, draft.Tags));
        IdempotentCreates.Keep(change, IdempotentCreates.Versions, draft.IdempotencyKey, body, draft.Model, version.Version);
        return VersionRecords.Find(change.Connection, change.Transaction, draft.Model, version.Version)!;
    }

    private static IReadOnlyList<Problem> Deleted(IDbConnection c, IDbTransaction? t, IdempotentCreates.Made made) => VersionStore.Find(c, t, made.Model, made.Version ?? 0) is null
        ? [new Problem("FLY3341", "What the idempotency key made was deleted since.", new ProblemLocation(Field: "idempotency_key"), "Use a new key.")]
        : [];

    private static JsonObject Body(VersionDraft draft, string manifest) => new()
    {
        ["model"] = draft.Model,
        ["source"] = draft.Source,
        ["manifest"] = manifest,
        ["run_id"] = draft.RunId,
        ["model_id"] = draft.LoggedModel,
        ["run_link"] = draft.RunLink,
        ["description"] = draft.Description,
        ["tags"] = ModelStore.TagsOf(draft.Tags),
    };
}
