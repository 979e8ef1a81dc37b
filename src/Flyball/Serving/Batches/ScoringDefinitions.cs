using Flyball.Contracts.Privacy;
using Flyball.Engine.Problems;
using Flyball.Serving.Backends;
using Flyball.Training;
using Flyball.Training.Bundles;

namespace Flyball.Serving.Batches;

/// <summary>What a server says about scoring with one of its versions.</summary>
/// <param name="Model">The model.</param>
/// <param name="Version">Its number; 0 for what the model's file declares and no run made.</param>
/// <param name="Digest">Of the bundle, which is fetched beside this, or of the declaration of a model without one.</param>
/// <param name="Files">The definitions in force.</param>
public sealed record ScoringDefinitions(string Model, int Version, string Digest, IReadOnlyList<ScoringFile> Files)
{
    /// <summary>Whether there is a bundle to fetch.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool HasBundle => Version != DeclaredVersion.Number;

    /// <summary>Makes the version ready in this process; the caller disposes its scorer.</summary>
    /// <param name="packed">The bundle; empty where there is none.</param>
    /// <param name="folder">An empty folder, which is filled with the definitions.</param>
    /// <param name="keys">Where the key of tokens lies; looked at where a request holds personal fields.</param>
    /// <exception cref="FlyballException">The bundle is not the one that is meant, or its features mean something else now.</exception>
    public BatchScoring Load(ReadOnlySpan<byte> packed, string folder, string keys)
    {
        foreach (var file in Files)
        {
            var target = Path.GetFullPath(Path.Combine(folder, file.Path));
            if (!target.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                throw new InvalidDataException("A definition lies outside of its project.");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, file.Content);
        }

        var project = ProjectPlan.Load(folder, out var problems) ?? throw new FlyballException(problems[0]);
        var tokens = Tokeniser.For(project.ContractSet, keys);
        foreach (var contract in project.ContractSet.Plans.Where(p => p.HoldsPersonal))
        {
            contract.Tokens = tokens;
        }

        var plan = project.Models.GetValueOrDefault(Model);
        return new BatchScoring(VersionOf(packed, project, plan), plan is null ? null : ServeDefinition.Read(plan, []));
    }

    private ServedVersion VersionOf(ReadOnlySpan<byte> packed, ProjectPlan project, ModelPlan? plan)
    {
        if (!Engine.Identity.Digest.TryParse(Digest, out var digest))
        {
            throw new InvalidDataException("The version's digest is none.");
        }

        return HasBundle ? VersionLoader.Load(ModelBundle.Unpack(packed, digest), Version, project)
            : plan is not null && BackendDefinition.Of(plan) is { } backend && backend.Digest == digest ? DeclaredVersion.Of(plan, backend)
            : throw new InvalidDataException("The model's file declares another backend.");
    }
}

/// <summary>A file of a project.</summary>
/// <param name="Path">In its folder.</param>
/// <param name="Content">Its bytes.</param>
public sealed record ScoringFile(string Path, byte[] Content);
