using System.Globalization;
using System.Text.Json.Nodes;
using Dapper;
using Flyball.Access;
using Flyball.Engine.Problems;
using Flyball.Registry;
using Flyball.Workspaces;

namespace Flyball.Governance.Readiness;

/// <summary>Keeps the documents that answer what no program can judge: as blobs, each with an audit entry.</summary>
internal sealed class AttachedEvidenceStore(Workspace workspace, AuditTrail audit)
{
    public const int MostBytes = 10 << 20;

    private const int LongestName = 200;
    private const int LongestReason = 2000;

    /// <summary>The last document of each test of a version; none for one attached to other bytes, or to no version.</summary>
    public IReadOnlyDictionary<string, AttachedEvidence> Last(ModelVersion version) => workspace.Catalog.Read(db => db.Query<Row>(
        "SELECT model AS Model, test AS Test, digest AS Digest, name AS Name, reason AS Reason, actor AS Actor, attached_at AS AttachedAt, version AS Version, bundle AS Bundle "
        + "FROM readiness_evidence WHERE model = @Model AND version = @Version AND bundle = @Hex ORDER BY ordinal", new { version.Model, version.Version, version.Digest.Hex }))
        .GroupBy(r => r.Test, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => g.Last().ToEvidence(), StringComparer.Ordinal);

    /// <summary>Keeps a document. The audit entry is durable before it counts.</summary>
    /// <param name="asked">The model, the digest, the actor and the time in it are not read: they are made here.</param>
    /// <param name="version">The version it is about; null is refused.</param>
    /// <exception cref="FlyballException">FLY3380 to FLY3382: there is no such test, no reason, or no document of a size that is kept. FLY3385: the caller made the version. FLY3386: there is no version.</exception>
    public async Task<AttachedEvidence> AttachAsync(AttachedEvidence asked, ModelVersion? version, ReadOnlyMemory<byte> document, Caller caller, CancellationToken cancellation)
    {
        Require(asked, document.Length);
        if (version is null)
        {
            throw new FlyballException(new Problem("FLY3386", "The model has no version yet: a document is about one.", new ProblemLocation(Field: "model"), "Train a version first."));
        }

        RequireAnother(version, caller);
        var digest = workspace.Blobs.Put(document.Span);
        var kept = asked with { Model = version.Model, Version = version.Version, Bundle = version.Digest.Hex, Digest = digest.Hex, Actor = caller.Name, AttachedAt = workspace.Time.GetUtcNow().ToString("o", CultureInfo.InvariantCulture) };
        await audit.AllowAsync(caller, "readiness.attach", "model", kept.Model, kept.Test, null, digest, kept.Reason, new JsonObject { ["name"] = kept.Name, ["version"] = kept.Version, ["bundle"] = kept.Bundle }, cancellation);
        await workspace.Catalog.WriteAsync(
            (db, tx) => db.Execute(
                """
                INSERT INTO readiness_evidence (model, ordinal, test, digest, name, reason, actor, attached_at, version, bundle)
                VALUES (@Model, (SELECT COALESCE(MAX(ordinal), 0) + 1 FROM readiness_evidence WHERE model = @Model), @Test, @Digest, @Name, @Reason, @Actor, @AttachedAt, @Version, @Bundle)
                """,
                kept,
                tx),
            cancellation);
        return kept;
    }

    /// <summary>Where nobody has a key, everybody is local and cannot be told from the author; high risk needs another person there too.</summary>
    private static void RequireAnother(ModelVersion version, Caller caller)
    {
        if ((version.NeedsAnotherApprover || caller.AuthMethod != Caller.Local().AuthMethod) && ApprovalRules.IsMaker(version, caller.Name))
        {
            throw new FlyballException(new Problem("FLY3385", $"{caller.Name} made this version, and a document about it comes from somebody else.", new ProblemLocation(Field: "test"), "Ask somebody who neither trained nor registered it to attach the document."));
        }
    }

    private static void Require(AttachedEvidence asked, int bytes)
    {
        if (!MlTestScore.Has(asked.Test))
        {
            throw new FlyballException(new Problem("FLY3380", "There is no such test.", new ProblemLocation(Field: "test"), $"The tests are {MlTestScore.Tests[0].Id} to {MlTestScore.Tests[^1].Id}, seven in each section."));
        }

        if (string.IsNullOrWhiteSpace(asked.Reason) || asked.Reason.Length > LongestReason)
        {
            throw new FlyballException(new Problem("FLY3381", $"A document needs a reason of at most {LongestReason} characters.", new ProblemLocation(Field: "reason"), "Say what the document shows."));
        }

        if (bytes is 0 or > MostBytes || asked.Name.Length is 0 or > LongestName)
        {
            throw new FlyballException(new Problem("FLY3382", $"The document has {bytes} bytes; it has a name and between 1 and {MostBytes} bytes.", new ProblemLocation(Field: "body"), "Attach one file that people can read."));
        }
    }

    /// <summary>A row of the table; settable, because databases differ in their types.</summary>
    private sealed class Row
    {
        public string Model { get; set; } = "";

        public string Test { get; set; } = "";

        public string Digest { get; set; } = "";

        public string Name { get; set; } = "";

        public string Reason { get; set; } = "";

        public string Actor { get; set; } = "";

        public string AttachedAt { get; set; } = "";

        public int? Version { get; set; }

        public string? Bundle { get; set; }

        public AttachedEvidence ToEvidence() => new(Model, Test, Digest, Name, Reason, Actor, AttachedAt) { Version = Version, Bundle = Bundle };
    }
}
