using System.Data;
using System.Globalization;
using Flyball.Access;
using Flyball.Engine.Problems;

namespace Flyball.Registry;

/// <summary>
/// Names for versions that move. <c>champion</c> and <c>previous</c> are moved by promotions and rollbacks alone; every other alias is the
/// team's. Each change is one transaction, with compare-and-set when the caller says what it expects.
/// </summary>
public sealed class RegistryAliases
{
    private readonly RegistryChanges changes;
    private readonly Func<string, bool> isDefined;

    /// <param name="isDefined">Whether the project defines a model: its champion is promoted, never named.</param>
    internal RegistryAliases(RegistryChanges changes, Func<string, bool> isDefined) => (this.changes, this.isDefined) = (changes, isDefined);

    /// <summary>Whether an alias is moved by promotions and rollbacks alone.</summary>
    public static bool IsOwn(string alias) => alias is VersionStore.ChampionAlias or VersionStore.PreviousAlias;

    /// <summary>The version an alias stands for; <c>latest</c> stands for the highest one. Null when it stands for nothing.</summary>
    public VersionRecord? Find(string model, string alias) => changes.Catalog.Read(c =>
        string.Equals(alias, "latest", StringComparison.OrdinalIgnoreCase)
            ? Dapper.SqlMapper.ExecuteScalar<int?>(c, "SELECT MAX(version) FROM versions WHERE model = @model AND deleted_micros IS NULL", new { model }) is { } highest
                ? VersionRecords.Find(c, null, model, highest)
                : null
            : VersionStore.Alias(c, null, model, alias) is { } found ? VersionRecords.Of(c, null, found) : null);

    /// <summary>
    /// Points an alias to a version. Refused for the aliases of promotions (FLY3344): promote instead; and when the alias is not where the caller expects
    /// it (FLY3342).
    /// </summary>
    public async Task<RegistryOutcome<VersionRecord>> SetAsync(
        string model, string alias, int version, AliasExpectation? expected, Caller caller, string? reason, CancellationToken cancellation)
    {
        if (RegistryNames.JudgeNewAlias(alias) is { } bad)
        {
            return new RegistryOutcome<VersionRecord>(null, [bad]);
        }

        var number = VersionStore.Number(version);
        return await changes.MakeAsync(
            () => new RegistryAct(caller, "alias.set", "alias", $"{model}@{alias}", reason)
            {
                ObjectVersion = number,
                Before = changes.Catalog.Read(c => VersionStore.Alias(c, null, model, alias))?.Digest,
                After = changes.Catalog.Read(c => VersionStore.Find(c, null, model, version))?.Digest,
            },
            (c, t) => ReadsLikeProduction(c, t, model, alias) ? [Stage(alias)]
                : IsKept(c, t, model, alias) ? [Own(alias, VersionStore.Find(c, t, model, version))]
                : VersionStore.Find(c, t, model, version) is null ? [ModelRegistry.Unknown(model, version)]
                : Judge(c, t, model, alias, expected),
            change =>
            {
                VersionStore.Point(change, model, alias, VersionStore.Find(change.Connection, change.Transaction, model, version));
                return VersionRecords.Find(change.Connection, change.Transaction, model, version)!;
            },
            cancellation);
    }

    /// <summary>Takes an alias away; one that stands for nothing does so afterwards as well. The value is the version it stood for, or the model.</summary>
    public async Task<RegistryOutcome<RegisteredModel>> DeleteAsync(string model, string alias, AliasExpectation? expected, Caller caller, string? reason, CancellationToken cancellation) =>
        RegistryNames.JudgeAlias(alias) is { } bad
            ? new RegistryOutcome<RegisteredModel>(null, [bad])
            : await changes.MakeAsync(
                () => new RegistryAct(caller, "alias.delete", "alias", $"{model}@{alias}", reason)
                {
                    Before = changes.Catalog.Read(c => VersionStore.Alias(c, null, model, alias))?.Digest,
                },
                (c, t) => !ModelStore.Exists(c, t, model) ? [ModelStore.Unknown(model)] : IsKept(c, t, model, alias) ? [Own(alias, null)] : Judge(c, t, model, alias, expected),
                change =>
                {
                    VersionStore.Point(change, model, alias, null);
                    return ModelStore.Find(change.Connection, change.Transaction, model)!;
                },
                cancellation);

    /// <summary>A model that the project does not define and nothing here can run has no traffic to promote: its champion is a name like any other.</summary>
    private bool IsKept(IDbConnection c, IDbTransaction? t, string model, string alias) =>
        IsOwn(alias) && (isDefined(model) || VersionStore.AnyBundle(c, t, model));

    /// <summary>Of a model that is served or is to be, whoever asks for production means what answers: that is the champion and no label.</summary>
    private bool ReadsLikeProduction(IDbConnection c, IDbTransaction? t, string model, string alias) =>
        LookAlikes.Same(alias, VersionStages.Production) && (isDefined(model) || VersionStore.AnyBundle(c, t, model));

    private static IReadOnlyList<Problem> Judge(IDbConnection c, IDbTransaction? t, string model, string alias, AliasExpectation? expected)
    {
        if (expected is not { } wanted || VersionStore.Alias(c, t, model, alias)?.Version is var found && found == wanted.Version)
        {
            return [];
        }

        return [new Problem(
            "FLY3342",
            string.Create(CultureInfo.InvariantCulture, $"The alias {alias} of {model} stands for {Word(found)}, not for {Word(wanted.Version)}."),
            new ProblemLocation(Field: "expected"),
            "Look at where it stands now and decide again.")];
    }

    private static string Word(int? version) => version is { } number ? string.Create(CultureInfo.InvariantCulture, $"version {number}") : "nothing";

    private static Problem Stage(string alias) => new(
        "FLY3344",
        $"The alias {alias} reads like the stage {VersionStages.Production}, into which versions of this model are promoted.",
        new ProblemLocation(Field: "alias"),
        "Choose another alias, or POST /v1/models/{model}/versions/{version}/promote.");

    private static Problem Own(string alias, ModelVersion? version) => new(
        "FLY3344",
        $"The alias {alias} is moved by promotions and rollbacks alone.",
        new ProblemLocation(Field: "alias"),
        version is { HasBundle: false }
            ? $"Version {VersionStore.Number(version.Version)} came as files: flyball models judge {version.Model}@{VersionStore.Number(version.Version)}, then flyball models promote {version.Model}@{VersionStore.Number(version.Version)} once it is approved."
            : "POST /v1/models/{model}/versions/{version}/promote makes a version the champion, POST /v1/models/{model}/rollback goes back.");
}
