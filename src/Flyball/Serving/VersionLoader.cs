using Flyball.Contracts;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Features;
using Flyball.Projects;
using Flyball.Storage.Blobs;
using Flyball.Training;
using Flyball.Training.Bundles;

namespace Flyball.Serving;

/// <summary>Makes a version ready to serve: verified bundle, inspected model, features that still mean what they meant, one warm call.</summary>
public static class VersionLoader
{
    /// <param name="blob">The packed bundle among the blobs.</param>
    /// <exception cref="FlyballException">The bundle is damaged, its model may not be loaded, or its features have other definitions now.</exception>
    public static ServedVersion Load(BlobStore blobs, Digest blob, Digest digest, int version, ProjectPlan project)
    {
        var bundle = ModelBundle.Unpack(blobs.Read(blob), digest);
        return Load(bundle, version, project);
    }

    public static ServedVersion Load(ModelBundle bundle, int version, ProjectPlan project)
    {
        var scorer = BundleScorer.Load(bundle);
        try
        {
            var manifest = scorer.Manifest;
            var vector = Vector(manifest, project);
            var problems = new ProblemList();
            var rules = DecisionRules.Compile(manifest.Decide, new ProblemLocation(ModelManifest.FileName), problems.Add);
            if (problems.Any)
            {
                throw new FlyballException(problems[0]);
            }

            scorer.ScoreOne(new Value[vector.Columns.Count]);
            return new ServedVersion(manifest.Model, version, bundle.Digest, vector, scorer, rules);
        }
        catch
        {
            scorer.Dispose();
            throw;
        }
    }

    /// <summary>The vector of a manifest, compiled against the project's present definitions.</summary>
    public static FeatureVectorPlan Vector(ModelManifest manifest, ProjectPlan project)
    {
        var where = new ProblemLocation($"{manifest.Model} {ModelManifest.FileName}");
        if (!project.Contracts.TryGetValue(manifest.PredictOn, out var request))
        {
            throw new FlyballException(new Problem("FLY3210", $"The version predicts on {manifest.PredictOn}, which has no contract now.", where));
        }

        var entities = project.Models.TryGetValue(manifest.Model, out var model) ? model.Definition.Entities : new Dictionary<string, string>(StringComparer.Ordinal);
        var problems = new ProblemList();
        var vector = FeatureVectorPlan.Compile(project.Features, request, [.. manifest.Features.Select(f => f.Name)], entities, where, problems);
        if (vector is null)
        {
            throw new FlyballException(problems[0]);
        }

        for (var i = 0; i < vector.Columns.Count; i++)
        {
            if (vector.Columns[i].Definition.Hex != manifest.Features[i].Definition)
            {
                throw new FlyballException(new Problem(
                    "FLY3211", $"The feature {vector.Columns[i].Name} has another definition now than the version was trained with.", where, "Train a new version, or give the changed feature a new name."));
            }
        }

        return vector;
    }
}
