using System.Globalization;
using Flyball.Contracts;
using Flyball.Contracts.Versions;
using Flyball.Engine.Problems;
using Flyball.Governance.Lineage;
using Flyball.Storage.Journals;
using Flyball.Training;

namespace Flyball.Governance.Applied;

/// <summary>Compares a folder with what is applied, and finds what speaks against applying it.</summary>
internal sealed class ProposalReader(ProjectStore store, LiveVersions live, Journal events)
{
    /// <param name="old">The applied project; null before the first apply.</param>
    /// <param name="applied">Its documents.</param>
    /// <param name="folder">The folder as it is now.</param>
    public ProjectProposal Read(ProjectPlan? old, IReadOnlyList<ProjectDocument> applied, ProjectReading folder)
    {
        if (folder.Plan is not { } next)
        {
            return new ProjectProposal(null, null, new Dictionary<string, string>(StringComparer.Ordinal), [], folder.Problems, new Dictionary<string, string>(StringComparer.Ordinal));
        }

        var documents = ProjectDocument.Of(next);
        var versions = live.All();
        var changes = ProjectDifference.Between(old, next).Select(c => WithVersions(c, versions)).ToList();
        List<Problem> problems = [.. changes.Where(c => c.Kind == "contract" && c.Change != "removed").SelectMany(c => Judge(next.Contracts[c.Name]))];
        problems.AddRange(next.Contracts.Values.OrderBy(c => c.Source, StringComparer.Ordinal).Select(EarlierVersion).OfType<Problem>());
        problems.AddRange(FeatureRemoval.Check(next, versions, old));
        return new ProjectProposal(next, ProjectDocument.Identify(documents), FilesBetween(applied, documents), changes, problems, Breaks(old, next, changes, versions));
    }

    /// <summary>The earlier version that a contract accepts beside itself; null when it names none.</summary>
    /// <exception cref="FlyballException">FLY1270 to FLY1272: there is no such version, or it does not fit.</exception>
    public EarlierContract? EarlierOf(ContractPlan plan) =>
        AcceptedVersion.Read(plan) is { } accepted
            ? EarlierContract.Join(plan, store.Contracts(plan.Source).LastOrDefault(v => v.Version == accepted.Version)?.Compile(), accepted)
            : null;

    private Problem? EarlierVersion(ContractPlan plan)
    {
        try
        {
            EarlierOf(plan);
            return null;
        }
        catch (FlyballException e)
        {
            return e.Problem;
        }
    }

    /// <summary>The version's rules, against the last contract the source ever had: a source that was away keeps its history.</summary>
    private IEnumerable<Problem> Judge(ContractPlan next)
    {
        if (store.Contracts(next.Source) is not [.., var newest] || newest.Compile() is not { } last)
        {
            yield break;
        }

        var changes = ContractDifference.Between(last, next);
        if (VersionRule.Check(last, next, changes) is { } wrong)
        {
            yield return wrong;
        }

        var unreadable = changes.Where(c => c.Change is "type changed" or "event time changed").ToList();
        if (unreadable.Count > 0 && HasRows(next.Source))
        {
            foreach (var change in unreadable)
            {
                yield return new Problem(
                    "FLY1264",
                    $"The source {next.Source} has stored rows, and they could not be read after '{change.Change}'{(change.Field is null ? "" : $" of {change.Field}")}.",
                    new ProblemLocation(next.Definition.Where.File, Field: change.Field),
                    "Keep the column and add one under a new name, or write a contract for a new source.");
            }
        }
    }

    private bool HasRows(string source)
    {
        var stream = EventLog.StreamOf(source);
        return events.Read(default, events.Durable).Any(r => r.Stream == stream);
    }

    private static ProjectChange WithVersions(ProjectChange change, IReadOnlyList<LiveVersion> versions) => change with
    {
        Features = [.. change.Features.Select(e => e with { Versions = [.. versions.Where(v => v.DefinitionOf(e.Feature) is not null).Select(Name)] })],
    };

    private static string Name(LiveVersion version) => string.Create(CultureInfo.InvariantCulture, $"{version.Model} {version.Version} ({version.Role})");

    private static Dictionary<string, string> Breaks(ProjectPlan? old, ProjectPlan next, IReadOnlyList<ProjectChange> changes, IReadOnlyList<LiveVersion> versions)
    {
        var breaks = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            foreach (var (detail, impact) in change.Details)
            {
                foreach (var model in impact.Models)
                {
                    breaks.TryAdd(model, $"contract {change.Name}: {(detail.Field is null ? "" : detail.Field + " ")}{detail.Change}");
                }
            }
        }

        foreach (var version in versions)
        {
            if (ReasonOf(version, old, next) is { } reason)
            {
                breaks.TryAdd(version.Model, $"{Name(version)}: {reason}");
            }
        }

        return breaks;
    }

    /// <summary>Why a version could not be served any more; null when it can, or could not before either.</summary>
    private static string? ReasonOf(LiveVersion version, ProjectPlan? old, ProjectPlan next)
    {
        if (!next.Models.ContainsKey(version.Model) && old?.Models.ContainsKey(version.Model) == true)
        {
            return "the model is removed, and a version of it is served";
        }

        return old is not null && Refusal(version.Manifest, old) is not null ? null : Refusal(version.Manifest, next);
    }

    private static string? Refusal(ModelManifest manifest, ProjectPlan project)
    {
        try
        {
            ManifestVector.Compile(manifest, project);
            return null;
        }
        catch (FlyballException e)
        {
            return e.Problem.Message;
        }
    }

    private static Dictionary<string, string> FilesBetween(IReadOnlyList<ProjectDocument> applied, IReadOnlyList<ProjectDocument> folder)
    {
        var was = applied.ToDictionary(d => d.Path, d => d.Digest, StringComparer.Ordinal);
        var now = folder.ToDictionary(d => d.Path, d => d.Digest, StringComparer.Ordinal);
        return was.Keys.Union(now.Keys, StringComparer.Ordinal)
            .Where(path => !was.TryGetValue(path, out var a) || !now.TryGetValue(path, out var b) || a != b)
            .ToDictionary(path => path, path => !was.ContainsKey(path) ? "added" : now.ContainsKey(path) ? "changed" : "removed", StringComparer.Ordinal);
    }
}
