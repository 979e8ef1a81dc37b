using System.Data;
using System.Text.Json;
using Dapper;
using Flyball.Engine.Identity;
using Flyball.Storage.Catalogs;

namespace Flyball.Registry;

/// <summary>The registry's SQL. Reads see one state; writes run inside the caller's transaction.</summary>
internal sealed class VersionStore(Catalog catalog)
{
    public const string ChampionAlias = "champion";
    public const string PreviousAlias = "previous";

    private const string Columns =
        "v.model AS Model, v.version AS Version, v.digest AS Digest, v.blob AS Blob, v.run_id AS RunId, v.author AS Author, "
        + "v.registered_by AS RegisteredBy, v.risk AS Risk, v.state AS State, v.created_at AS CreatedAt, v.gates AS Gates";

    public IReadOnlyList<string> Models() =>
        catalog.Read(c => c.Query<string>("SELECT DISTINCT model FROM versions ORDER BY model").AsList());

    public IReadOnlyList<ModelVersion> Versions(string model) =>
        catalog.Read(c => c.Query<VersionRow>($"SELECT {Columns} FROM versions v WHERE v.model = @model ORDER BY v.version", new { model }).Select(r => r.ToVersion()).ToList());

    public ModelVersion? Version(string model, int version) => catalog.Read(c => Find(c, model, version));

    public ModelVersion? WithDigest(string model, Digest digest) =>
        One(c => c.QueryFirstOrDefault<VersionRow>($"SELECT {Columns} FROM versions v WHERE v.model = @model AND v.digest = @hex", new { model, hex = digest.Hex }));

    public ModelVersion? AnyWithDigest(Digest digest) =>
        One(c => c.QueryFirstOrDefault<VersionRow>($"SELECT {Columns} FROM versions v WHERE v.digest = @hex ORDER BY v.model", new { hex = digest.Hex }));

    public ModelVersion? Alias(string model, string alias) => catalog.Read(c => Alias(c, model, alias));

    public IReadOnlyList<Approval> Approvals(string model, int version) =>
        catalog.Read(c => c.Query<ApprovalRow>(
            "SELECT digest AS Digest, decision AS Decision, break_glass AS BreakGlass, actor AS Actor, auth_method AS AuthMethod, reason AS Reason, decided_at AS DecidedAt "
            + "FROM approvals WHERE model = @model AND version = @version ORDER BY ordinal",
            new { model, version }).Select(r => r.ToApproval()).ToList());

    public IReadOnlyList<AliasChange> History(string model) =>
        catalog.Read(c => c.Query<ChangeRow>(
            "SELECT ordinal AS Ordinal, alias AS Alias, from_version AS FromVersion, to_version AS ToVersion, actor AS Actor, reason AS Reason, moved_at AS MovedAt "
            + "FROM alias_history WHERE model = @model ORDER BY ordinal",
            new { model }).Select(r => r.ToChange()).ToList());

    /// <summary>Inserts a version under the next number.</summary>
    public async Task<ModelVersion> InsertAsync(ModelVersion draft, CancellationToken cancellation) => await catalog.WriteAsync(
        (c, t) =>
        {
            var next = c.ExecuteScalar<int>("SELECT COALESCE(MAX(version), 0) + 1 FROM versions WHERE model = @Model", new { draft.Model }, t);
            var version = draft with { Version = next };
            c.Execute(
                "INSERT INTO versions (model, version, digest, blob, run_id, author, registered_by, risk, state, created_at, gates) "
                + "VALUES (@Model, @Version, @Digest, @Blob, @RunId, @Author, @RegisteredBy, @Risk, @State, @CreatedAt, @Gates)",
                VersionRow.Of(version),
                t);
            return version;
        },
        cancellation);

    /// <summary>Appends a decision and moves the version to the state it decides.</summary>
    public async Task<ModelVersion> DecideAsync(ModelVersion version, string state, Approval approval, CancellationToken cancellation) => await catalog.WriteAsync(
        (c, t) =>
        {
            var key = new { version.Model, version.Version };
            var ordinal = c.ExecuteScalar<int>("SELECT COALESCE(MAX(ordinal), 0) + 1 FROM approvals WHERE model = @Model AND version = @Version", key, t);
            c.Execute(
                "INSERT INTO approvals (model, version, ordinal, digest, decision, break_glass, actor, auth_method, reason, decided_at) "
                + "VALUES (@Model, @Version, @ordinal, @Digest, @Decision, @breakGlass, @Actor, @AuthMethod, @Reason, @DecidedAt)",
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
                },
                t);
            c.Execute("UPDATE versions SET state = @state WHERE model = @Model AND version = @Version", new { state, version.Model, version.Version }, t);
            return version with { State = state };
        },
        cancellation);

    /// <summary>Points champion and previous elsewhere, in one transaction, if the champion still is the expected one.</summary>
    /// <returns>False, and nothing changed, when it is not.</returns>
    public Task<bool> MoveAsync(string model, int? expectedChampion, int champion, int? previous, string actor, string? reason, string at, CancellationToken cancellation) =>
        catalog.WriteAsync(
            (c, t) =>
            {
                if (Alias(c, model, ChampionAlias, t)?.Version != expectedChampion)
                {
                    return false;
                }

                Point(c, t, model, ChampionAlias, champion, actor, reason, at);
                if (previous is { } before)
                {
                    Point(c, t, model, PreviousAlias, before, actor, reason, at);
                }

                return true;
            },
            cancellation);

    private static void Point(IDbConnection c, IDbTransaction t, string model, string alias, int to, string actor, string? reason, string at)
    {
        var from = Alias(c, model, alias, t)?.Version;
        if (from == to)
        {
            return;
        }

        c.Execute(
            from is null
                ? "INSERT INTO aliases (model, alias, version) VALUES (@model, @alias, @to)"
                : "UPDATE aliases SET version = @to WHERE model = @model AND alias = @alias",
            new { model, alias, to },
            t);
        var ordinal = c.ExecuteScalar<int>("SELECT COALESCE(MAX(ordinal), 0) + 1 FROM alias_history WHERE model = @model", new { model }, t);
        c.Execute(
            "INSERT INTO alias_history (model, ordinal, alias, from_version, to_version, actor, reason, moved_at) "
            + "VALUES (@model, @ordinal, @alias, @from, @to, @actor, @reason, @at)",
            new { model, ordinal, alias, from, to, actor, reason, at },
            t);
    }

    private static ModelVersion? Find(IDbConnection c, string model, int version) =>
        c.QueryFirstOrDefault<VersionRow>($"SELECT {Columns} FROM versions v WHERE v.model = @model AND v.version = @version", new { model, version })?.ToVersion();

    private static ModelVersion? Alias(IDbConnection c, string model, string alias, IDbTransaction? transaction = null) =>
        c.QueryFirstOrDefault<VersionRow>(
            $"SELECT {Columns} FROM versions v JOIN aliases a ON a.model = v.model AND a.version = v.version WHERE a.model = @model AND a.alias = @alias",
            new { model, alias },
            transaction)?.ToVersion();

    private ModelVersion? One(Func<IDbConnection, VersionRow?> query) => catalog.Read(query)?.ToVersion();

    /// <summary>A row of <c>versions</c>. Settable members, because databases differ in the width of their integers.</summary>
    private sealed class VersionRow
    {
        public string Model { get; set; } = "";

        public int Version { get; set; }

        public string Digest { get; set; } = "";

        public string Blob { get; set; } = "";

        public string RunId { get; set; } = "";

        public string Author { get; set; } = "";

        public string RegisteredBy { get; set; } = "";

        public string Risk { get; set; } = "";

        public string State { get; set; } = "";

        public string CreatedAt { get; set; } = "";

        public string Gates { get; set; } = "[]";

        public static VersionRow Of(ModelVersion version) => new()
        {
            Model = version.Model,
            Version = version.Version,
            Digest = version.Digest.Hex,
            Blob = version.Blob.Hex,
            RunId = version.RunId,
            Author = version.Author,
            RegisteredBy = version.RegisteredBy,
            Risk = version.Risk,
            State = version.State,
            CreatedAt = version.CreatedAt,
            Gates = JsonSerializer.Serialize(version.Gates, RegistryJson.Options),
        };

        public ModelVersion ToVersion() => new(
            Model,
            Version,
            Parse(Digest),
            Parse(Blob),
            RunId,
            Author,
            RegisteredBy,
            Risk,
            State,
            CreatedAt,
            JsonSerializer.Deserialize<IReadOnlyList<GateResult>>(Gates, RegistryJson.Options) ?? []);

        private static Digest Parse(string hex) => Engine.Identity.Digest.TryParse(hex, out var digest)
            ? digest
            : throw new InvalidDataException("A version in the catalog has something else in place of a digest.");
    }

    private sealed class ApprovalRow
    {
        public string Digest { get; set; } = "";

        public string Decision { get; set; } = "";

        public long BreakGlass { get; set; }

        public string Actor { get; set; } = "";

        public string AuthMethod { get; set; } = "";

        public string? Reason { get; set; }

        public string DecidedAt { get; set; } = "";

        public Approval ToApproval() => new(Digest, Decision, BreakGlass != 0, Actor, AuthMethod, Reason, DecidedAt);
    }

    private sealed class ChangeRow
    {
        public int Ordinal { get; set; }

        public string Alias { get; set; } = "";

        public int? FromVersion { get; set; }

        public int ToVersion { get; set; }

        public string Actor { get; set; } = "";

        public string? Reason { get; set; }

        public string MovedAt { get; set; } = "";

        public AliasChange ToChange() => new(Ordinal, Alias, FromVersion, ToVersion, Actor, Reason, MovedAt);
    }
}
