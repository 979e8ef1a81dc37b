using System.Text.Json;
using Dapper;
using Flyball.Engine.Identity;
using Flyball.Storage.Catalogs;
using Flyball.Training;

namespace Flyball.Governance.Applied;

/// <summary>The SQL of applied projects.</summary>
internal sealed class ProjectStore(Catalog catalog)
{
    /// <summary>The last apply, or null before the first.</summary>
    public ProjectApply? Last() => catalog.Read(c => c.QueryFirstOrDefault<ApplyRow>(
        "SELECT ordinal AS Ordinal, project AS Project, digest AS Digest, applied_at AS AppliedAt, actor AS Actor, accepted_breaks AS AcceptedBreaks, audit_index AS AuditIndex, source AS Source "
        + "FROM project_applies ORDER BY ordinal DESC LIMIT 1"))?.ToApply();

    public IReadOnlyList<ProjectDocument> Documents(int ordinal) => catalog.Read(c => c.Query<DocumentRow>(
        "SELECT path AS Path, digest AS Digest, body AS Body FROM project_documents WHERE ordinal = @ordinal ORDER BY path", new { ordinal })
        .Select(r => new ProjectDocument(r.Path, Parse(r.Digest), r.Body)).ToList());

    /// <summary>Versions of contracts in the order they were applied; of one source when it is named.</summary>
    public IReadOnlyList<AppliedContract> Contracts(string? source = null) => catalog.Read(c => c.Query<ContractRow>(
        "SELECT v.source AS Source, v.version AS Version, v.digest AS Digest, v.path AS Path, d.body AS Body, a.applied_at AS AppliedAt, a.actor AS Actor, a.audit_index AS AuditIndex "
        + "FROM contract_versions v JOIN project_applies a ON a.ordinal = v.ordinal JOIN project_documents d ON d.ordinal = v.ordinal AND d.path = v.path "
        + "WHERE @source IS NULL OR v.source = @source ORDER BY v.source, v.ordinal",
        new { source }).Select(r => new AppliedContract(r.Source, r.Version, Parse(r.Digest), r.Path, r.Body, r.AppliedAt, r.Actor, r.AuditIndex)).ToList());

    /// <summary>Appends an apply with its documents and the contracts that are new in it.</summary>
    /// <param name="apply">Its ordinal is assigned here.</param>
    public Task<ProjectApply> InsertAsync(
        ProjectApply apply, IReadOnlyList<ProjectDocument> documents, IReadOnlyList<(string Source, string Version, Digest Digest, string Path)> contracts, CancellationToken cancellation) =>
        catalog.WriteAsync(
            (c, t) =>
            {
                var ordinal = c.ExecuteScalar<int>("SELECT COALESCE(MAX(ordinal), 0) + 1 FROM project_applies", null, t);
                c.Execute(
                    "INSERT INTO project_applies (ordinal, project, digest, applied_at, actor, accepted_breaks, audit_index, source) VALUES (@ordinal, @Project, @Hex, @AppliedAt, @Actor, @Breaks, @AuditIndex, @Source)",
                    new { ordinal, apply.Project, apply.Digest.Hex, apply.AppliedAt, apply.Actor, Breaks = JsonSerializer.Serialize(apply.AcceptedBreaks), apply.AuditIndex, Source = apply.Tree is { } tree ? JsonSerializer.Serialize(tree) : null },
                    t);
                c.Execute(
                    "INSERT INTO project_documents (ordinal, path, digest, body) VALUES (@ordinal, @Path, @Hex, @Body)",
                    documents.Select(d => new { ordinal, d.Path, d.Digest.Hex, d.Body }),
                    t);
                c.Execute(
                    "INSERT INTO contract_versions (source, ordinal, version, digest, path) VALUES (@Source, @ordinal, @Version, @Hex, @Path)",
                    contracts.Select(v => new { v.Source, ordinal, v.Version, v.Digest.Hex, v.Path }),
                    t);
                return apply with { Ordinal = ordinal };
            },
            cancellation);

    private static Digest Parse(string hex) => Digest.TryParse(hex, out var digest)
        ? digest
        : throw new InvalidDataException("An applied project in the catalog has something else in place of a digest.");

    /// <summary>A row of <c>project_applies</c>. Settable members, because databases differ in the width of their integers.</summary>
    private sealed class ApplyRow
    {
        public int Ordinal { get; set; }

        public string Project { get; set; } = "";

        public string Digest { get; set; } = "";

        public string AppliedAt { get; set; } = "";

        public string Actor { get; set; } = "";

        public string AcceptedBreaks { get; set; } = "[]";

        public long AuditIndex { get; set; }

        public string? Source { get; set; }

        public ProjectApply ToApply() => new(Ordinal, Project, Parse(Digest), AppliedAt, Actor, JsonSerializer.Deserialize<string[]>(AcceptedBreaks) ?? [], AuditIndex)
        {
            Tree = Source is null ? null : JsonSerializer.Deserialize<SourceTree>(Source),
        };
    }

    private sealed class DocumentRow
    {
        public string Path { get; set; } = "";

        public string Digest { get; set; } = "";

        public string Body { get; set; } = "";
    }

    private sealed class ContractRow
    {
        public string Source { get; set; } = "";

        public string Version { get; set; } = "";

        public string Digest { get; set; } = "";

        public string Path { get; set; } = "";

        public string Body { get; set; } = "";

        public string AppliedAt { get; set; } = "";

        public string Actor { get; set; } = "";

        public long AuditIndex { get; set; }
    }
}
