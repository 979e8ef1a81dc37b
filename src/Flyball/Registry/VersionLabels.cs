using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Registry.Events;
using Flyball.Registry.Ledger;

namespace Flyball.Registry;

/// <summary>What people write on versions: tags, a description, a stage. Thread-safe; each change is audited and entered in the ledger.</summary>
public sealed class VersionLabels
{
    private readonly RegistryChanges changes;
    private readonly Func<IDbConnection, IDbTransaction?, ModelVersion, IReadOnlyList<Problem>> promotion;

    private readonly Func<string, bool> isDefined;

    /// <param name="promotion">What speaks against a version in production.</param>
    /// <param name="isDefined">Whether the project defines a model: then files that were not judged are not in production.</param>
    internal VersionLabels(RegistryChanges changes, Func<IDbConnection, IDbTransaction?, ModelVersion, IReadOnlyList<Problem>> promotion, Func<string, bool> isDefined) =>
        (this.changes, this.promotion, this.isDefined) = (changes, promotion, isDefined);

    /// <summary>A version with its tags and aliases; null when there is none, or it was deleted.</summary>
    public VersionRecord? Find(string model, int version) => changes.Catalog.Read(c => VersionRecords.Find(c, null, model, version));

    /// <summary>The versions with their tags and aliases.</summary>
    public IReadOnlyList<VersionRecord> Records(IReadOnlyList<ModelVersion> versions) => changes.Catalog.Read(c => VersionRecords.Of(c, versions));

    /// <summary>The highest version in each of the stages, in their order; stages without a version are left out. Cost: one lookup a stage.</summary>
    /// <param name="stages">Of <see cref="VersionStages"/>; null or empty for all four.</param>
    public IReadOnlyList<VersionRecord> Latest(string model, IReadOnlyList<string>? stages = null) => changes.Catalog.Read(c =>
        (stages is { Count: > 0 } ? stages : VersionStages.All).Distinct(StringComparer.Ordinal)
        .Select(stage => c.QueryFirstOrDefault<int?>(
            "SELECT v.version FROM versions v WHERE v.model = @model AND v.stage = @stage AND v.deleted_micros IS NULL ORDER BY v.version DESC LIMIT 1", new { model, stage }))
        .OfType<int>().Select(version => VersionRecords.Find(c, null, model, version)).OfType<VersionRecord>().ToList());

    /// <summary>Sets a tag, or replaces its value. Tags of the registry itself are refused.</summary>
    public Task<RegistryOutcome<VersionRecord>> SetTagAsync(string model, int version, string key, string value, Caller caller, string? reason, CancellationToken cancellation) =>
        ChangeAsync((model, version, "version.tag"), caller, reason, [.. RegistryNames.JudgeTag(key, value)], null, (change, found) => TagStore.Set(change, found, key, value), cancellation);

    /// <summary>Takes a tag away; one that is not there is none afterwards as well.</summary>
    public Task<RegistryOutcome<VersionRecord>> DeleteTagAsync(string model, int version, string key, Caller caller, string? reason, CancellationToken cancellation) =>
        ChangeAsync((model, version, "version.untag"), caller, reason, [.. RegistryNames.JudgeTag(key, null)], null, (change, found) => TagStore.Set(change, found, key, null), cancellation);

    /// <summary>Sets tags of the registry itself, or takes away those that are null.</summary>
    internal Task<RegistryOutcome<VersionRecord>> OwnTagsAsync(
        (string Model, int Version, string Action) what, IReadOnlyList<(string Key, string? Value)> tags, Caller caller, string? reason, CancellationToken cancellation) =>
        ChangeAsync(
            what,
            caller,
            reason,
            [],
            null,
            (change, found) =>
            {
                foreach (var (key, value) in tags)
                {
                    TagStore.Set(change, found, key, value);
                }
            },
            cancellation);

    public Task<RegistryOutcome<VersionRecord>> DescribeAsync(string model, int version, string? description, Caller caller, string? reason, CancellationToken cancellation) =>
        ChangeAsync(
            (model, version, "version.describe"),
            caller,
            reason,
            RegistryNames.JudgeText(description, "description") is { } bad ? [bad] : [],
            null,
            (change, found) =>
            {
                if (found.Description == description)
                {
                    return;
                }

                change.Execute(
                    "UPDATE versions SET description = @description, updated_micros = @micros WHERE model = @model AND version = @version",
                    new { description, micros = change.Now.Micros, model, version });
                change.Enter(model, new LedgerChange(LedgerKinds.Description, null, found.Description, description, version, found.Digest.Hex));
                change.Tell(model, EventNames.Version, EventNames.Updated, new JsonObject { ["name"] = model, ["version"] = VersionStore.Number(version), ["description"] = description });
            },
            cancellation);

    /// <summary>
    /// Moves a version to a stage, and with <paramref name="archiveExisting"/> every other version of that stage to <c>Archived</c>, in one
    /// transaction: nobody sees the stage empty or doubly held. Once a model has a version that was judged here, only a promotion moves one
    /// into <c>Production</c>: whoever asks for that stage gets what answers. The stage itself moves no traffic.
    /// </summary>
    /// <param name="stage">One of <see cref="VersionStages"/>, in any case.</param>
    public Task<RegistryOutcome<VersionRecord>> TransitionAsync(
        string model, int version, string stage, bool archiveExisting, Caller caller, string? reason, CancellationToken cancellation)
    {
        List<Problem> bad = [];
        if (!VersionStages.TryParse(stage, out var to))
        {
            bad.Add(new Problem("FLY3332", $"There is no such stage; the stages are {string.Join(", ", VersionStages.All)}.", new ProblemLocation(Field: "stage")));
        }
        else if (archiveExisting && to is not (VersionStages.Staging or VersionStages.Production))
        {
            bad.Add(new Problem("FLY3332", $"Only Staging and Production can be emptied by a transition, not {to}.", new ProblemLocation(Field: "archive_existing_versions")));
        }

        return ChangeAsync(
            (model, version, "version.transition"),
            caller,
            reason,
            bad,
            (c, t, found) => to == VersionStages.Production && (isDefined(model) || VersionStore.AnyBundle(c, t, model)) ? CheckProduction(c, t, found)
                : found.HasBundle && found.Stage != to && ChampionOf(c, t, model) == version ? [Champion(version, "in Production")]
                : [],
            (change, found) =>
            {
                foreach (var other in archiveExisting ? Others(change, model, to!, version) : [])
                {
                    VersionStore.SetStage(change, other, VersionStages.Archived);
                }

                VersionStore.SetStage(change, found, to!);
            },
            cancellation);
    }

    internal static Problem Champion(int version, string state) => new(
        "FLY3344", $"Version {VersionStore.Number(version)} is the champion: it stays {state}.", new ProblemLocation(Field: "version"), "Promote another version, or roll back, first.");

    internal static int? ChampionOf(IDbConnection c, IDbTransaction? t, string model) => VersionStore.Alias(c, t, model, VersionStore.ChampionAlias)?.Version;

    /// <summary>The champion is there already; of every other version all that speaks against its promotion is said, and that it takes one.</summary>
    private IReadOnlyList<Problem> CheckProduction(IDbConnection c, IDbTransaction? t, ModelVersion version) => ChampionOf(c, t, version.Model) == version.Version && version.HasBundle
        ? []
        :
        [
            .. promotion(c, t, version),
            new Problem(
                "FLY3344",
                $"Version {VersionStore.Number(version.Version)} is not the champion: a version of this model enters {VersionStages.Production} by its promotion alone.",
                new ProblemLocation(Field: "stage"),
                $"POST /v1/models/{version.Model}/versions/{VersionStore.Number(version.Version)}/promote"),
        ];

    /// <summary>Other versions of a stage. A champion is not archived by a label: it stays until another is promoted.</summary>
    private static List<ModelVersion> Others(RegistryTransaction change, string model, string stage, int version) => [.. change.All<VersionRow>(
        $"SELECT {VersionRow.Columns} FROM versions v WHERE v.model = @model AND v.stage = @stage AND v.version <> @version AND v.deleted_micros IS NULL "
        + $"AND NOT (v.form = 'bundle' AND EXISTS (SELECT 1 FROM aliases a WHERE a.model = v.model AND a.version = v.version AND a.alias = '{VersionStore.ChampionAlias}')) ORDER BY v.version",
        new { model, stage, version }).Select(r => r.ToVersion())];

    private async Task<RegistryOutcome<VersionRecord>> ChangeAsync(
        (string Model, int Version, string Action) what,
        Caller caller,
        string? reason,
        List<Problem> bad,
        Func<IDbConnection, IDbTransaction?, ModelVersion, IReadOnlyList<Problem>>? check,
        Action<RegistryTransaction, ModelVersion> apply,
        CancellationToken cancellation)
    {
        if (bad.Count > 0)
        {
            return new RegistryOutcome<VersionRecord>(null, bad);
        }

        var number = VersionStore.Number(what.Version);
        var digest = changes.Catalog.Read(c => VersionStore.Find(c, null, what.Model, what.Version))?.Digest;
        return await changes.MakeAsync(
            () => new RegistryAct(caller, what.Action, "version", $"{what.Model}/{number}", reason) { ObjectVersion = number, Before = digest, After = digest },
            (c, t) => VersionStore.Find(c, t, what.Model, what.Version) is { } found ? check?.Invoke(c, t, found) ?? [] : [ModelRegistry.Unknown(what.Model, what.Version)],
            change =>
            {
                apply(change, VersionStore.Find(change.Connection, change.Transaction, what.Model, what.Version)!);
                return VersionRecords.Find(change.Connection, change.Transaction, what.Model, what.Version)!;
            },
            cancellation);
    }
}
