using System.Data;
using System.Globalization;
using System.Text.Json.Nodes;
using Dapper;
using Flyball.Engine.Identity;
using Flyball.Registry.Events;
using Flyball.Registry.Ledger;
using Flyball.Storage.Catalogs;

namespace Flyball.Registry;

/// <summary>The SQL of versions. Reads see one state; writes run inside a change of the registry.</summary>
internal sealed class VersionStore(Catalog catalog)
{
    public const string ChampionAlias = "champion";
    public const string PreviousAlias = "previous";

    /// <summary>The tag that tells MLflow's clients how a version's approval stands.</summary>
    public const string ApprovalTag = "flyball.approval";

    private const string Living = "v.deleted_micros IS NULL";

    /// <summary>Models with a version that can be judged and run.</summary>
    public IReadOnlyList<string> Models() => catalog.Read(c => c.Query<string>(
        "SELECT m.model FROM registered_models m WHERE m.deleted_micros IS NULL AND EXISTS ("
        + $"SELECT 1 FROM versions v WHERE v.model = m.model AND v.form = '{VersionForms.Bundle}' AND {Living}) ORDER BY m.model").AsList());

    public IReadOnlyList<ModelVersion> Versions(string model) => catalog.Read(c => c.Query<VersionRow>(
        $"SELECT {VersionRow.Columns} FROM versions v WHERE v.model = @model AND {Living} ORDER BY v.version", new { model }).Select(r => r.ToVersion()).ToList());

    public int Count(string model) => catalog.Read(c => c.ExecuteScalar<int>($"SELECT COUNT(*) FROM versions v WHERE v.model = @model AND {Living}", new { model }));

    public ModelVersion? Version(string model, int version) => catalog.Read(c => Find(c, null, model, version));

    public ModelVersion? WithDigest(string model, Digest digest) => One(
        $"SELECT {VersionRow.Columns} FROM versions v WHERE v.model = @model AND v.digest = @hex AND v.form = 'bundle' AND {Living}", new { model, hex = digest.Hex });

    /// <summary>Also one that was deleted: what it answered can still be reproduced.</summary>
    public ModelVersion? AnyWithDigest(Digest digest) => One(
        $"SELECT {VersionRow.Columns} FROM versions v WHERE v.digest = @hex AND v.form = 'bundle' ORDER BY v.model", new { hex = digest.Hex });

    public ModelVersion? Alias(string model, string alias) => catalog.Read(c => Alias(c, null, model, alias));

    public IReadOnlyList<Approval> Approvals(string model, int version) => catalog.Read(c => Approvals(c, null, model, version));

    public static ModelVersion? Find(IDbConnection c, IDbTransaction? t, string model, int version) => c.QueryFirstOrDefault<VersionRow>(
        $"SELECT {VersionRow.Columns} FROM versions v WHERE v.model = @model AND v.version = @version AND {Living}", new { model, version }, t)?.ToVersion();

    public static ModelVersion? Alias(IDbConnection c, IDbTransaction? t, string model, string alias) => c.QueryFirstOrDefault<VersionRow>(
        $"SELECT {VersionRow.Columns} FROM versions v JOIN aliases a ON a.model = v.model AND a.version = v.version WHERE a.model = @model AND a.alias = @alias",
        new { model, alias },
        t)?.ToVersion();

    public static IReadOnlyList<Approval> Approvals(IDbConnection c, IDbTransaction? t, string model, int version) => c.Query<ApprovalRow>(
        $"SELECT {ApprovalRow.Columns} FROM approvals WHERE model = @model AND version = @version ORDER BY ordinal", new { model, version }, t).Select(r => r.ToApproval()).ToList();

    /// <summary>Inserts a version under the next number of its model, counting those that were deleted.</summary>
    public static ModelVersion Insert(RegistryTransaction change, ModelVersion draft)
    {
        var next = change.One<int>("SELECT COALESCE(MAX(version), 0) + 1 FROM versions WHERE model = @Model", new { draft.Model });
        var version = draft with { Version = next, CreatedMicros = change.Now.Micros, UpdatedMicros = change.Now.Micros, CreatedAt = change.Now.ToString() };
        change.Execute(VersionRow.Insert, VersionRow.Of(version));
        change.Touch(version.Model);
        change.Enter(version.Model, new LedgerChange(LedgerKinds.Created, null, null, version.State, next, version.Digest.Hex));
        return version;
    }

    /// <summary>Inserts a version with a bundle that was judged; registers its model when that is new.</summary>
    public static ModelVersion InsertJudged(RegistryTransaction change, ModelVersion draft, IReadOnlyDictionary<string, string> tags)
    {
        ModelStore.Ensure(change, draft.Model);

        // Another process on the same catalog may have registered the bundle a moment ago.
        if (WithBundle(change.Connection, change.Transaction, draft.Model, draft.Digest) is { } twin)
        {
            return Find(change.Connection, change.Transaction, draft.Model, twin)!;
        }

        var version = Insert(change, draft);
        MirrorApproval(change, version);
        foreach (var (key, value) in tags.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            TagStore.Set(change, version, key, value, tell: false);
        }

        change.Tell(version.Model, EventNames.Version, EventNames.Created, VersionRecords.Payload(version, TagStore.Of(change.Connection, change.Transaction, version.Model, version.Version)));
        return version;
    }

    /// <summary>Whether a model has had a version that was judged here: then its champion is what answers requests, and no label names another one.</summary>
    public static bool AnyBundle(IDbConnection c, IDbTransaction? t, string model) =>
        c.ExecuteScalar<int>($"SELECT COUNT(*) FROM versions WHERE model = @model AND form = '{VersionForms.Bundle}'", new { model }, t) > 0;

    /// <summary>The number of the version that has a bundle; null when none has.</summary>
    public static int? WithBundle(IDbConnection c, IDbTransaction? t, string model, Digest digest) => c.QueryFirstOrDefault<int?>(
        $"SELECT v.version FROM versions v WHERE v.model = @model AND v.digest = @hex AND v.form = '{VersionForms.Bundle}' AND {Living}", new { model, hex = digest.Hex }, t);

    /// <summary>Gives a version of files the bundle that was judged in its place.</summary>
    public static ModelVersion Judge(RegistryTransaction change, ModelVersion files, ModelVersion judged)
    {
        var row = VersionRow.Of(judged);
        change.Execute(
            "UPDATE versions SET form = @Form, digest = @Digest, blob = @Blob, risk = @Risk, gates = @Gates WHERE model = @Model AND version = @number",
            new { row.Form, row.Digest, row.Blob, row.Risk, row.Gates, row.Model, number = files.Version });
        foreach (var alias in (string[])[ChampionAlias, PreviousAlias])
        {
            // Somebody named the files so. The bundle is champion when it is promoted, not when it is judged.
            if (Alias(change.Connection, change.Transaction, files.Model, alias)?.Version == files.Version)
            {
                Point(change, files.Model, alias, null);
            }
        }

        if (files.Stage == VersionStages.Production)
        {
            SetStage(change, files, VersionStages.None);
        }

        change.Enter(files.Model, new LedgerChange(LedgerKinds.Bundle, null, files.Digest.Hex, judged.Digest.Hex, files.Version, judged.Digest.Hex));
        change.Tell(files.Model, EventNames.Version, EventNames.Updated, new JsonObject { ["name"] = files.Model, ["version"] = Number(files.Version), ["digest"] = judged.Digest.Hex });
        return SetState(change, Find(change.Connection, change.Transaction, files.Model, files.Version)!, judged.State);
    }

    /// <summary>Appends a decision and, unless it is only a comment, moves the version to the state it decides.</summary>
    public static ModelVersion Decide(RegistryTransaction change, ModelVersion version, string? state, Approval approval, long? expires)
    {
        var key = new { version.Model, version.Version };
        var ordinal = change.One<int>("SELECT COALESCE(MAX(ordinal), 0) + 1 FROM approvals WHERE model = @Model AND version = @Version", key);
        change.Execute(
            "INSERT INTO approvals (model, version, ordinal, digest, decision, break_glass, actor, auth_method, reason, decided_at, expires_micros) "
            + "VALUES (@Model, @Version, @ordinal, @Digest, @Decision, @breakGlass, @Actor, @AuthMethod, @Reason, @DecidedAt, @expires)",
            new
            {
                version.Model,
                version.Version,
                ordinal,
                approval.Digest,
                approval.Decision,
                breakGlass = approval.BreakGlass ? 1 : 0,
                approval.Actor,
                approval.AuthMethod,
                approval.Reason,
                approval.DecidedAt,
                expires,
            });
        change.Tell(version.Model, EventNames.VersionApproval, EventNames.Set, new JsonObject
        {
            ["name"] = version.Model,
            ["version"] = Number(version.Version),
            ["digest"] = version.Digest.Hex,
            ["decision"] = approval.Decision,
            ["actor"] = approval.Actor,
            ["comment"] = approval.Reason,
        });
        return state is null ? version : SetState(change, version, state);
    }

    /// <summary>Moves a version to a state, and the tag of its approval with it.</summary>
    public static ModelVersion SetState(RegistryTransaction change, ModelVersion version, string state)
    {
        change.Execute(
            "UPDATE versions SET state = @state, updated_micros = @micros WHERE model = @Model AND version = @Version",
            new { state, micros = change.Now.Micros, version.Model, version.Version });
        change.Enter(version.Model, new LedgerChange(LedgerKinds.State, null, version.State, state, version.Version, version.Digest.Hex));
        var moved = version with { State = state, UpdatedMicros = change.Now.Micros };
        MirrorApproval(change, moved);
        return moved;
    }

    /// <summary>Writes the tag that says how the approval of a version stands; an archived version keeps the one it had.</summary>
    public static void MirrorApproval(RegistryTransaction change, ModelVersion version)
    {
        var value = version.State switch
        {
            VersionStates.Registered => "PENDING",
            VersionStates.Approved => "APPROVED",
            VersionStates.Refused => "REJECTED",
            _ => null,
        };
        if (value is not null)
        {
            change.Execute(
                "INSERT INTO version_tags (model, version, key, value) VALUES (@Model, @Version, @key, @value) "
                + "ON CONFLICT (model, version, key) DO UPDATE SET value = excluded.value",
                new { version.Model, version.Version, key = ApprovalTag, value });
        }
    }

    /// <summary>Points an alias to a version, or takes it away; the ledger gets an entry when that changes anything.</summary>
    public static bool Point(RegistryTransaction change, string model, string alias, ModelVersion? to)
    {
        var from = Alias(change.Connection, change.Transaction, model, alias);
        if (from?.Version == to?.Version)
        {
            return false;
        }

        var values = new { model, alias, version = to?.Version };
        change.Execute(
            (from, to) switch
            {
                (null, _) => "INSERT INTO aliases (model, alias, version) VALUES (@model, @alias, @version)",
                (_, null) => "DELETE FROM aliases WHERE model = @model AND alias = @alias",
                _ => "UPDATE aliases SET version = @version WHERE model = @model AND alias = @alias",
            },
            values);
        var about = to ?? from!;
        change.Enter(
            model,
            new LedgerChange(LedgerKinds.Alias, alias, from is null ? null : Number(from.Version), to is null ? null : Number(to.Version), about.Version, about.Digest.Hex));
        change.Tell(
            model, EventNames.VersionAlias, to is null ? EventNames.Deleted : EventNames.Created, new JsonObject { ["name"] = model, ["alias"] = alias, ["version"] = Number(about.Version) });
        return true;
    }

    /// <summary>Moves a version to a stage.</summary>
    public static ModelVersion SetStage(RegistryTransaction change, ModelVersion version, string stage)
    {
        if (version.Stage == stage)
        {
            return version;
        }

        change.Execute(
            "UPDATE versions SET stage = @stage, updated_micros = @micros WHERE model = @Model AND version = @Version",
            new { stage, micros = change.Now.Micros, version.Model, version.Version });
        change.Touch(version.Model);
        change.Enter(version.Model, new LedgerChange(LedgerKinds.Stage, null, version.Stage, stage, version.Version, version.Digest.Hex));
        change.Tell(version.Model, EventNames.VersionStage, EventNames.Set, new JsonObject
        {
            ["name"] = version.Model,
            ["version"] = Number(version.Version),
            ["from_stage"] = version.Stage,
            ["to_stage"] = stage,
        });
        return version with { Stage = stage, UpdatedMicros = change.Now.Micros };
    }

    public static string Number(int version) => version.ToString(CultureInfo.InvariantCulture);

    private ModelVersion? One(string sql, object values) => catalog.Read(c => c.QueryFirstOrDefault<VersionRow>(sql, values))?.ToVersion();
}
