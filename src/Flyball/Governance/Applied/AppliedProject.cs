using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Contracts.Versions;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Governance.Lineage;
using Flyball.Registry;
using Flyball.Rollout;
using Flyball.Storage.Audit;
using Flyball.Training;
using Flyball.Workspaces;

namespace Flyball.Governance.Applied;

/// <summary>
/// The definitions a team has applied, which are what runs; the folder is only what it proposes.
/// <list type="number">
/// <item>Applied documents are kept in the catalog and never change; a server starts from them.</item>
/// <item>A folder that differs is applied at a start when nothing speaks against it, else it waits until somebody applies it.</item>
/// <item>An apply is recorded after its audit entry is durable, and takes effect with the next start of the host.</item>
/// </list>
/// Thread-safe.
/// </summary>
public sealed class AppliedProject : IDisposable
{
    private readonly Workspace workspace;
    private readonly AuditTrail audit;
    private readonly ProjectReader reader;
    private readonly SourceReader sources;
    private readonly string folder;
    private readonly ProjectStore store;
    private readonly ModelRegistry registry;
    private readonly ProposalReader proposals;
    private readonly SemaphoreSlim applying = new(1, 1);
    private volatile Applied? applied;

    /// <param name="workspace">Its catalog has the tables of <see cref="ProjectTables"/>.</param>
    /// <param name="reader">Reads a folder whole.</param>
    /// <param name="folder">The project folder that proposes.</param>
    /// <param name="sources">Asks version control about the folder; without it nothing is recorded of a commit.</param>
    public AppliedProject(Workspace workspace, ProjectReader reader, string folder, SourceReader? sources = null)
    {
        this.sources = sources ?? ((_, _) => null);
        this.workspace = workspace;
        this.reader = reader;
        this.folder = folder;
        audit = new AuditTrail(workspace.Audit);
        store = new ProjectStore(workspace.Catalog);
        registry = new ModelRegistry(workspace.Catalog, workspace.Blobs, audit, workspace.Time);
        proposals = new ProposalReader(store, new LiveVersions(registry, new RolloutStore(workspace.Catalog, workspace.Time)), workspace.Events);
    }

    /// <summary>The last apply, or null before the first.</summary>
    public ProjectApply? Last => store.Last();

    /// <summary>The documents of an apply.</summary>
    public IReadOnlyList<ProjectDocument> DocumentsOf(ProjectApply apply) => store.Documents(apply.Ordinal);

    /// <summary>Every contract version that was applied, by source, oldest first.</summary>
    public IReadOnlyList<AppliedContract> Contracts(string? source = null) => store.Contracts(source);

    /// <summary>Decides what a server runs, and applies the folder when that is harmless.</summary>
    /// <param name="mayApply">False leaves the folder alone: what is applied already runs, or the folder unrecorded when nothing is.</param>
    /// <param name="folderMustBeGood">True answers problems of the folder itself; false keeps what was applied running.</param>
    /// <returns>What to start, or the problems of the folder.</returns>
    public async Task<(ProjectStart? Start, IReadOnlyList<Problem> Problems)> StartAsync(bool mayApply, bool folderMustBeGood, CancellationToken cancellation)
    {
        var read = reader(folder);
        if (read.Plan is null && (folderMustBeGood || store.Last() is null))
        {
            return (null, read.Problems);
        }

        Restore();
        var proposal = Propose(read);
        if (proposal.IsSame)
        {
            return (Begin(applied?.Plan ?? proposal.Plan!, null, SourceOfSame(proposal)), []);
        }

        if (applied is null && proposal.Problems.Count > 0)
        {
            return (null, proposal.Problems);
        }

        if (mayApply && (proposal.IsHarmless || applied is null))
        {
            var apply = await RecordAsync(proposal, Caller.System("start"), [], cancellation);
            return (Begin(proposal.Plan!, null, new AppliedSource(apply.Digest, apply.Tree)), []);
        }

        return (Begin(applied?.Plan ?? proposal.Plan!, applied is null ? null : proposal, applied is null ? SourceOfSame(proposal) : SourceOfLast()), []);
    }

    /// <summary>What applying the folder would do now. Cost: reads the folder and the champions' bundles.</summary>
    public ProjectProposal Propose() => Propose(reader(folder));

    /// <summary>Applies the folder; it takes effect with the next start of the host.</summary>
    /// <param name="allowBreaking">Models that may break: all that would must be named.</param>
    public async Task<ApplyOutcome> ApplyAsync(Caller caller, IReadOnlyList<string> allowBreaking, CancellationToken cancellation)
    {
        await applying.WaitAsync(cancellation);
        try
        {
            var proposal = Propose();
            if (proposal.IsSame)
            {
                return new ApplyOutcome(proposal, null, []);
            }

            List<Problem> refused = [.. proposal.Problems];
            refused.AddRange(proposal.Breaks.Where(b => !allowBreaking.Contains(b.Key, StringComparer.Ordinal)).OrderBy(b => b.Key, StringComparer.Ordinal).Select(b =>
                new Problem("FLY1265", $"The model {b.Key} would break: {b.Value}.", new ProblemLocation(Field: "allow_breaking"), $"Mend it, or apply with --allow-breaking {b.Key}.")));
            if (proposal.Plan is null || refused.Count > 0)
            {
                await audit.DenyAsync(caller, "project.apply", "project", applied?.Plan.Folder.Definition.Name ?? "", null, applied?.Digest, proposal.Digest, null, refused, cancellation);
                return new ApplyOutcome(proposal, null, refused);
            }

            var apply = await RecordAsync(proposal, caller, [.. proposal.Breaks.Keys.Order(StringComparer.Ordinal)], cancellation);
            return new ApplyOutcome(proposal, apply, []);
        }
        finally
        {
            applying.Release();
        }
    }

    public void Dispose()
    {
        registry.Dispose();
        applying.Dispose();
    }

    /// <summary>Compiles the applied documents from the catalog, by way of a folder of their own.</summary>
    private void Restore()
    {
        if (store.Last() is not { } last)
        {
            return;
        }

        var documents = store.Documents(last.Ordinal);
        var home = Path.Combine(workspace.Directory.Root, "applied", last.Digest.Hex);
        if (Directory.Exists(home))
        {
            Directory.Delete(home, recursive: true);
        }

        foreach (var document in documents)
        {
            var file = Path.Combine(home, document.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, document.Body);
        }

        var read = reader(home);
        applied = new Applied(
            read.Plan ?? throw new FlyballException(new Problem(
                "FLY1266",
                $"The project applied at {last.AppliedAt} is not understood by this program: {read.Problems[0]}",
                Remedy: "Run the version that applied it, or remove the applied project with another data directory.")),
            documents,
            last.Digest);
    }

    private ProjectProposal Propose(ProjectReading read) => proposals.Read(applied?.Plan, applied?.Documents ?? [], read);

    private async Task<ProjectApply> RecordAsync(ProjectProposal proposal, Caller caller, IReadOnlyList<string> accepted, CancellationToken cancellation)
    {
        var plan = proposal.Plan!;
        var tree = sources(folder, [.. plan.Files.Keys]);
        var details = new JsonObject
        {
            ["commit"] = tree?.Commit,
            ["dirty"] = tree?.Dirty,
            ["changes"] = new JsonArray([.. proposal.Changes.Select(c => (JsonNode)$"{c.Kind} {c.Name} {c.Change}{(c.Kind == "contract" ? $" {c.From ?? "-"} to {c.To ?? "-"}" : "")}")]),
            ["accepted_breaks"] = new JsonArray([.. accepted.Select(m => (JsonNode)m)]),
        };
        var name = plan.Folder.Definition.Name;
        var entry = new AuditEntry(caller.Name, caller.AuthMethod, "project.apply", "project", name)
        {
            ObjectVersion = proposal.Digest!.Value.Short,
            Before = applied?.Digest,
            After = proposal.Digest,
            Decision = AuditDecision.Allow,
            Details = details,
        };
        var index = (await workspace.Audit.AppendAsync(entry, cancellation)).Index;
        var documents = ProjectDocument.Of(plan);
        var known = store.Contracts().GroupBy(c => c.Source, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Last().Digest, StringComparer.Ordinal);
        var contracts = plan.Contracts.Values.Where(c => !known.TryGetValue(c.Source, out var digest) || digest != c.Digest)
            .OrderBy(c => c.Source, StringComparer.Ordinal).Select(c => (c.Source, c.Version, c.Digest, c.Definition.Where.File!)).ToList();
        var apply = new ProjectApply(0, name, proposal.Digest.Value, EventTime.From(workspace.Time.GetUtcNow()).ToString(), caller.Name, accepted, index) { Tree = tree };
        apply = await store.InsertAsync(apply, documents, contracts, cancellation);
        applied = new Applied(plan, documents, apply.Digest);
        return apply;
    }

    private AppliedSource? SourceOfLast() => store.Last() is { } last ? new AppliedSource(last.Digest, last.Tree) : null;

    /// <summary>The folder says what is in force: a commit that holds it whole holds the definitions, also when it was made after they were applied.</summary>
    private AppliedSource? SourceOfSame(ProjectProposal proposal)
    {
        var last = SourceOfLast();
        var tree = proposal is { Plan: { } plan, Digest: not null } ? sources(folder, [.. plan.Files.Keys]) : null;
        return last is null ? (proposal.Digest is { } digest ? new AppliedSource(digest, tree) : null)
            : tree is { Dirty: false } && proposal.Digest == last.Applied ? last with { Tree = tree }
            : last;
    }

    private ProjectStart Begin(ProjectPlan plan, ProjectProposal? waiting, AppliedSource? source)
    {
        var earlier = new Dictionary<string, EarlierContract>(StringComparer.Ordinal);
        foreach (var contract in plan.Contracts.Values)
        {
            if (proposals.EarlierOf(contract) is { } accepted)
            {
                earlier.Add(contract.Source, accepted);
            }
        }

        return new ProjectStart(plan, new EarlierContracts(workspace.Time, earlier), waiting) { Source = source };
    }

    private sealed record Applied(ProjectPlan Plan, IReadOnlyList<ProjectDocument> Documents, Digest Digest);
}
