using System.Data;
using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
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
internal sealed class Promotions(RegistryChanges changes, Func<ModelVersion, IReadOnlyList<Problem>> unsigned)
{
    private const string VersionObject = "version";

    /// <summary>For so long a version that was rolled back from is not gone back to by accident: as long as callers retry, and people press twice.</summary>
    private const long Recent = 10L * 60 * 1_000_000;

    /// <param name="expectedChampion">Null expects that there is none.</param>
    public async Task<VersionOutcome> PromoteAsync(ModelVersion found, Caller caller, int? expectedChampion, string? reason, CancellationToken cancellation)
    {
        var champion = Champion(found.Model);
        if (champion?.Version == found.Version)
        {
            return VersionOutcome.Of(found);
        }

        // Read outside of the transaction: bytes that are named by their digest do not change.
        var broken = unsigned(found);
        return await MoveAsync(
            Act(found, champion, "alias.promote", caller, reason),
            found,
            (c, t, version) => [.. Check(c, t, version), .. broken, .. CheckChampion(c, t, version.Model, expectedChampion)],
            change => Move(change, found, EventNames.Promoted),
            cancellation);
    }

    /// <summary>
    /// What speaks against a version taking traffic: no approval of its bytes, a comparison with another champion than the present one, or served features that
    /// did not come out the same again.
    /// </summary>
    public IReadOnlyList<Problem> Check(IDbConnection c, IDbTransaction? t, ModelVersion version)
    {
        var approvals = VersionStore.Approvals(c, t, version.Model, version.Version);
        IReadOnlyList<Problem> problems = [.. ApprovalRules.CheckPromotion(version, approvals, changes.Now), .. RivalRules.Check(c, t, version, approvals)];
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

    /// <summary>What the key of a rollback made before; null when it is new, or there is none.</summary>
    public VersionOutcome? Before(string model, WayBack way) => changes.Catalog.Read(c => IdempotentCreates.Find(c, null, IdempotentCreates.Rollbacks, way.Key) is not { } made ? null
        : IdempotentCreates.Judge(made, BodyOf(model, way)) is { } other ? VersionOutcome.Refused(other)
        : VersionStore.Find(c, null, model, made.Version ?? 0) is { } version ? VersionOutcome.Of(version)
        : VersionOutcome.Refused(ModelRegistry.Unknown(model, made.Version ?? 0)));

    /// <summary>What speaks against a rollback as it was asked for: the champion is another, or it leads to a version that was rolled back from just now.</summary>
    public IReadOnlyList<Problem> CheckWay(IDbConnection c, IDbTransaction? t, ModelVersion target, WayBack way)
    {
        if (way.Expected is { } expected)
        {
            return CheckChampion(c, t, target.Model, expected.Version);
        }

        if (way.To is not null || LeftAt(c, t, target) is not { } left)
        {
            return [];
        }

        return
        [
            new Problem(
                "FLY3358",
                $"Version {VersionStore.Number(target.Version)} was rolled back from at {left}: this rollback would bring it back.",
                new ProblemLocation(Field: "to"),
                "When that is meant, name it as to, or the present champion as expected (If-Match)."),
        ];
    }

    /// <summary>When a version was last rolled back from, within <see cref="Recent"/>; null when it was not.</summary>
    private EventTime? LeftAt(IDbConnection c, IDbTransaction? t, ModelVersion version)
    {
        var rows = Dapper.SqlMapper.Query<(long At, string Text)>(
            c,
            $"SELECT e.at_micros, e.data FROM registry_events e JOIN registered_models m ON m.id = e.model_id WHERE m.model = @Model AND e.action = '{EventNames.RolledBack}' AND e.at_micros > @since ORDER BY e.seq DESC",
            new { version.Model, since = changes.Now.Micros - Recent },
            t);
        foreach (var (at, text) in rows)
        {
            if ((string?)JsonNode.Parse(text)?["from_version"] == VersionStore.Number(version.Version))
            {
                return new EventTime(at);
            }
        }

        return null;
    }

    public async Task<VersionOutcome> GoBackAsync(string model, WayBack way, Caller caller, string? reason, CancellationToken cancellation)
    {
        if (Before(model, way) is { } made)
        {
            return made;
        }

        var champion = Champion(model);
        var target = changes.Catalog.Read(c => way.To is { } number ? VersionStore.Find(c, null, model, number) : VersionStore.Alias(c, null, model, VersionStore.PreviousAlias));
        if (target is null)
        {
            IReadOnlyList<Problem> none = way.To is { } wanted
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
                (c, t, version) => [.. CheckWayBack(c, t, version), .. CheckWay(c, t, version, way), .. CheckChampion(c, t, model, champion?.Version)],
                change =>
                {
                    IdempotentCreates.Keep(change, IdempotentCreates.Rollbacks, way.Key, BodyOf(model, way), model, target.Version);
                    return Move(change, target, EventNames.RolledBack);
                },
                cancellation);
    }

    private static string BodyOf(string model, WayBack way) => IdempotentCreates.BodyOf(new JsonObject { ["model"] = model, ["to"] = way.To, ["expected"] = way.Expected?.Version });

    private async Task<VersionOutcome> MoveAsync(
        RegistryAct act, ModelVersion to, Func<IDbConnection, IDbTransaction?, ModelVersion, IReadOnlyList<Problem>> check, Func<RegistryTransaction, ModelVersion> move, CancellationToken cancellation)
    {
        var made = await changes.MakeAloneAsync(
            act,
            (c, t) => VersionStore.Find(c, t, to.Model, to.Version) is { } version ? check(c, t, version) : [ModelRegistry.Unknown(to.Model, to.Version)],
            move,
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
            // Files that nobody judged can answer nothing: the aliases leave them, and the ledger says so.
            VersionStore.Point(change, to.Model, VersionStore.PreviousAlias, PresentVersions.Judged(from));
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
