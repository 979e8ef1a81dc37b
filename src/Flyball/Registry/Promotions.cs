using System.Data;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Registry.Events;
using Flyball.Registry.Ledger;

namespace Flyball.Registry;

/// <summary>
/// Moves the champion.
/// <list type="number">
/// <item>It moves when it still is the one the caller expects, in one transaction: at every instant there is exactly one, from the first promotion on.</item>
/// <item>The one before stays reachable as <c>previous</c>; the stages of MLflow's clients follow, Production and Archived.</item>
/// <item>The way back leads to the one before, or to any version that the ledger knows as an earlier champion.</item>
/// </list>
/// </summary>
internal sealed class Promotions(RegistryChanges changes)
{
    private const string VersionObject = "version";

    /// <param name="expectedChampion">Null expects that there is none.</param>
    public async Task<VersionOutcome> PromoteAsync(ModelVersion found, Caller caller, int? expectedChampion, string? reason, CancellationToken cancellation)
    {
        var champion = Champion(found.Model);
        if (champion?.Version == found.Version)
        {
            return VersionOutcome.Of(found);
        }

        return await MoveAsync(
            Act(found, champion, "alias.promote", caller, reason),
            found,
            (c, t, version) => [.. Check(c, t, version), .. CheckChampion(c, t, version.Model, expectedChampion)],
            EventNames.Promoted,
            cancellation);
    }

    /// <summary>What speaks against a version taking traffic: no approval of its bytes, or served features that did not come out the same again.</summary>
    public IReadOnlyList<Problem> Check(IDbConnection c, IDbTransaction? t, ModelVersion version)
    {
        var problems = ApprovalRules.CheckPromotion(version, VersionStore.Approvals(c, t, version.Model, version.Version), changes.Now);
        return ParityGate.Refusal(ParityChecks.Deciding(c, t, version.Model)) is { } apart ? [.. problems, apart] : problems;
    }

    /// <summary>What speaks against going back to a version: one that was refused since is no place to go back to, one whose approval has run out is.</summary>
    public static IReadOnlyList<Problem> CheckWayBack(IDbConnection c, IDbTransaction? t, ModelVersion version)
    {
        List<Problem> problems = [.. ApprovalRules.CheckPromotion(version, VersionStore.Approvals(c, t, version.Model, version.Version), null)];
        var number = VersionStore.Number(version.Version);
        if (Dapper.SqlMapper.ExecuteScalar<int>(
            c,
            $"SELECT COUNT(*) FROM registry_ledger l JOIN registered_models m ON m.id = l.model_id WHERE m.model = @Model AND l.kind = '{LedgerKinds.Alias}' AND l.name = @champion AND l.new_value = @number",
            new { version.Model, champion = VersionStore.ChampionAlias, number },
            t) == 0)
        {
            problems.Add(new Problem("FLY3207", $"Version {number} never was the champion of {version.Model}.", new ProblemLocation(Field: "to"), "Promote it instead."));
        }

        return problems;
    }

    /// <param name="to">An earlier champion; null for the one before.</param>
    public async Task<VersionOutcome> GoBackAsync(string model, int? to, Caller caller, string? reason, CancellationToken cancellation)
    {
        var champion = Champion(model);
        var target = changes.Catalog.Read(c => to is { } number ? VersionStore.Find(c, null, model, number) : VersionStore.Alias(c, null, model, VersionStore.PreviousAlias));
        if (target is null)
        {
            IReadOnlyList<Problem> none = to is { } wanted
                ? [ModelRegistry.Unknown(model, wanted)]
                : [new Problem("FLY3207", $"The model {model} has no version before its champion.", Remedy: "Deploy another approved version.")];
            await changes.Audit.DenyAsync(caller, "alias.rollback", VersionObject, model, null, champion?.Digest, null, reason, none, cancellation);
            return VersionOutcome.Refused(none);
        }

        return target.Version == champion?.Version
            ? VersionOutcome.Of(target)
            : await MoveAsync(
                Act(target, champion, "alias.rollback", caller, reason),
                target,
                (c, t, version) => [.. CheckWayBack(c, t, version), .. CheckChampion(c, t, model, champion?.Version)],
                EventNames.RolledBack,
                cancellation);
    }

    private async Task<VersionOutcome> MoveAsync(
        RegistryAct act, ModelVersion to, Func<IDbConnection, IDbTransaction?, ModelVersion, IReadOnlyList<Problem>> check, string told, CancellationToken cancellation)
    {
        var made = await changes.MakeAloneAsync(
            act,
            (c, t) => VersionStore.Find(c, t, to.Model, to.Version) is { } version ? check(c, t, version) : [ModelRegistry.Unknown(to.Model, to.Version)],
            change => Move(change, to, told),
            cancellation);
        return made.Ok ? VersionOutcome.Of(made.Value) : VersionOutcome.Refused(made.Problems);
    }

    private static ModelVersion Move(RegistryTransaction change, ModelVersion target, string told)
    {
        var (c, t) = (change.Connection, change.Transaction);
        var to = VersionStore.Find(c, t, target.Model, target.Version)!;
        var from = VersionStore.Alias(c, t, to.Model, VersionStore.ChampionAlias);
        VersionStore.Point(change, to.Model, VersionStore.ChampionAlias, to);
        if (from is not null)
        {
            // Files that somebody named champion never answered: they are no way back.
            if (from.HasBundle)
            {
                VersionStore.Point(change, to.Model, VersionStore.PreviousAlias, from);
            }

            if (from.Stage == VersionStages.Production)
            {
                VersionStore.SetStage(change, from, VersionStages.Archived);
            }
        }

        foreach (var other in change.All<VersionRow>(
            $"SELECT {VersionRow.Columns} FROM versions v WHERE v.model = @Model AND v.stage = @stage AND v.version <> @Version AND v.form = '{VersionForms.Files}' AND v.deleted_micros IS NULL ORDER BY v.version",
            new { to.Model, stage = VersionStages.Production, to.Version }))
        {
            // Files that somebody put there by name before the project knew the model.
            VersionStore.SetStage(change, other.ToVersion(), VersionStages.Archived);
        }

        var moved = VersionStore.SetStage(change, to, VersionStages.Production);
        change.Tell(to.Model, EventNames.Version, told, new JsonObject
        {
            ["name"] = to.Model,
            ["version"] = VersionStore.Number(to.Version),
            ["digest"] = to.Digest.Hex,
            ["from_version"] = from is null ? null : VersionStore.Number(from.Version),
            ["actor"] = change.Caller.Name,
            ["reason"] = change.Reason,
        });
        return moved;
    }

    private ModelVersion? Champion(string model) => changes.Catalog.Read(c => VersionStore.Alias(c, null, model, VersionStore.ChampionAlias));

    private static IReadOnlyList<Problem> CheckChampion(IDbConnection c, IDbTransaction? t, string model, int? expected)
    {
        var champion = VersionStore.Alias(c, t, model, VersionStore.ChampionAlias);
        var found = champion?.Version;
        return found == expected || (expected is null && champion is { HasBundle: false })
            ? []
            : [new Problem(
                "FLY3206",
                string.Create(CultureInfo.InvariantCulture, $"The champion of {model} is {Word(found)}, not {Word(expected)}."),
                Remedy: "Look at the present champion and decide again.")];
    }

    private static string Word(int? version) => version is { } number ? string.Create(CultureInfo.InvariantCulture, $"version {number}") : "not set";

    private static RegistryAct Act(ModelVersion to, ModelVersion? from, string action, Caller caller, string? reason) =>
        new(caller, action, VersionObject, $"{to.Model}/{VersionStore.Number(to.Version)}", reason)
        {
            ObjectVersion = VersionStore.Number(to.Version),
            Before = from?.Digest,
            After = to.Digest,
        };
}
