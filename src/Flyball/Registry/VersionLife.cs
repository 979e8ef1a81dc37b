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
/// The end of a version. It is retired to the archive, where it is kept for a while, and can be deleted after that; neither while anybody
/// needs it. What it decided can still be reproduced: a deleted version leaves every list, and its bundle stays.
/// </summary>
public sealed class VersionLife
{
    /// <summary>How long an archived version is kept when nobody says otherwise: a year.</summary>
    public const long UsualKeepMicros = 365 * Clock.MicrosPerDay;

    private readonly RegistryChanges changes;
    private readonly IReadOnlyList<IVersionUses> uses;

    internal VersionLife(RegistryChanges changes, IReadOnlyList<IVersionUses> uses) => (this.changes, this.uses) = (changes, uses);

    /// <summary>Who needs a version, in a few words each: aliases, the way back, traffic, rollouts.</summary>
    public IReadOnlyList<string> UsesOf(string model, int version) => changes.Catalog.Read(c => AliasUses(c, null, model, version, own: false)).Concat(OtherUses(model, version)).ToList();

    /// <summary>
    /// Retires a version to the archive, from which none comes back. Refused with everything that still needs it (FLY3345), and with whom it answered lately
    /// unless that is overridden (FLY3970); overriding needs a reason (FLY3971).
    /// </summary>
    /// <param name="terms">How; null for the usual way.</param>
    public Task<RegistryOutcome<VersionRecord>> RetireAsync(string model, int version, RetirementTerms? terms, Caller caller, string? reason, CancellationToken cancellation)
    {
        terms ??= new RetirementTerms();
        var until = checked(changes.Now.Micros + (terms.KeepMicros ?? UsualKeepMicros));
        var lately = LatelyOf(model, version, terms.IdleMicros ?? RetirementTerms.UsualIdleMicros);
        var details = new JsonObject { ["keep_until"] = new EventTime(until).ToString() };
        if (terms.IsForced)
        {
            details["forced_over"] = new JsonArray([.. lately.Select(l => (JsonNode)l)]);
        }

        return EndAsync(
            (model, version, "version.retire"),
            caller,
            reason,
            details,
            (c, t, found) => found.State == VersionStates.Archived
                ? [new Problem("FLY3204", string.Create(CultureInfo.InvariantCulture, $"Version {version} is archived already."))]
                : [.. Used(AliasUses(c, t, model, version, own: false), model, version), .. Answered(lately, terms.IsForced, reason, model, version)],
            (change, found) =>
            {
                change.Execute("UPDATE versions SET keep_until_micros = @until WHERE model = @model AND version = @version", new { until, model, version });
                var archived = VersionStore.SetState(change, found, VersionStates.Archived);
                VersionStore.SetStage(change, archived, VersionStages.Archived);
                change.Tell(model, EventNames.Version, EventNames.Retired, new JsonObject { ["name"] = model, ["version"] = VersionStore.Number(version), ["reason"] = reason });
                return VersionRecords.Find(change.Connection, change.Transaction, model, version)!;
            },
            cancellation);
    }

    /// <summary>
    /// Deletes a version: it leaves every list and takes its aliases with it, and its number is never given again. Refused while it is
    /// champion or the way back, takes traffic, is on trial, or is archived and to be kept (FLY3345, FLY3346).
    /// </summary>
    public Task<RegistryOutcome<VersionRecord>> DeleteAsync(string model, int version, Caller caller, string? reason, CancellationToken cancellation) => EndAsync(
        (model, version, "version.delete"),
        caller,
        reason,
        null,
        (c, t, found) => found.KeepUntilMicros is { } until && until > changes.Now.Micros
            ? [new Problem(
                "FLY3346", string.Create(CultureInfo.InvariantCulture, $"Version {version} is archived and kept until {new EventTime(until)}."), new ProblemLocation(Field: "version"), "Delete it after that.")]
            : Used(found.HasBundle ? AliasUses(c, t, model, version, own: true) : [], model, version),
        (change, found) =>
        {
            var record = VersionRecords.Of(change.Connection, change.Transaction, found);
            foreach (var alias in record.Aliases)
            {
                VersionStore.Point(change, model, alias, null);
            }

            change.Execute("UPDATE versions SET deleted_micros = @micros WHERE model = @model AND version = @version", new { micros = change.Now.Micros, model, version });
            change.Touch(model);
            change.Enter(model, new LedgerChange(LedgerKinds.Deleted, null, found.State, null, version, found.Digest.Hex));
            change.Tell(model, EventNames.Version, EventNames.Deleted, new JsonObject { ["name"] = model, ["version"] = VersionStore.Number(version) });
            return record;
        },
        cancellation);

    private async Task<RegistryOutcome<VersionRecord>> EndAsync(
        (string Model, int Version, string Action) what,
        Caller caller,
        string? reason,
        JsonObject? details,
        Func<IDbConnection, IDbTransaction?, ModelVersion, IReadOnlyList<Problem>> check,
        Func<RegistryTransaction, ModelVersion, VersionRecord> apply,
        CancellationToken cancellation)
    {
        var (model, version, action) = what;
        var number = VersionStore.Number(version);
        var digest = changes.Catalog.Read(c => VersionStore.Find(c, null, model, version))?.Digest;

        // Later stages are asked before the transaction. A rollout that starts in between finds the version archived and gives it up by itself.
        var others = digest is null ? [] : OtherUses(model, version);
        return await changes.MakeAsync(
            () => new RegistryAct(caller, action, "version", $"{model}/{number}", reason) { ObjectVersion = number, Before = digest, After = digest, Details = details },
            (c, t) => VersionStore.Find(c, t, model, version) is not { } found ? [ModelRegistry.Unknown(model, version)] : [.. check(c, t, found), .. Used(others, model, version)],
            change => apply(change, VersionStore.Find(change.Connection, change.Transaction, model, version)!),
            cancellation);
    }

    private List<string> LatelyOf(string model, int version, long withinMicros) => changes.Catalog.Read(c => VersionStore.Find(c, null, model, version)) is { } found
        ? [.. uses.SelectMany(u => u.Lately(model, found.Digest, withinMicros))]
        : [];

    private static IReadOnlyList<Problem> Answered(List<string> lately, bool isForced, string? reason, string model, int version) =>
        isForced
            ? string.IsNullOrWhiteSpace(reason) ? [new Problem("FLY3971", "Retiring a version that answered lately needs a reason.", new ProblemLocation(Field: "reason"), "Say why nobody needs it.")] : []
            : [.. lately.Select(l => new Problem(
                "FLY3970",
                string.Create(CultureInfo.InvariantCulture, $"Version {version} of {model} was in use lately: {l}."),
                new ProblemLocation(Field: "version"),
                "Let its callers move on first, or force it with a reason."))];

    private List<string> OtherUses(string model, int version) => [.. uses.SelectMany(u => u.Of(model, version)).Distinct(StringComparer.Ordinal)];

    /// <param name="own">Only the aliases of promotions: a deletion takes the others with it.</param>
    private static List<string> AliasUses(IDbConnection c, IDbTransaction? t, string model, int version, bool own) =>
        [.. (VersionStore.Find(c, t, model, version) is { } found ? VersionRecords.Of(c, t, found).Aliases : []).Where(a => !own || RegistryAliases.IsOwn(a)).Select(a => $"the alias {a} stands for it")];

    private static IReadOnlyList<Problem> Used(IReadOnlyList<string> uses, string model, int version) => [.. uses.Select(use => new Problem(
        "FLY3345",
        string.Create(CultureInfo.InvariantCulture, $"Version {version} of {model} is needed: {use}."),
        new ProblemLocation(Field: "version"),
        "Let go of it there first."))];
}
