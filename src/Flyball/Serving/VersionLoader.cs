using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Projects;
using Flyball.Storage.Blobs;
using Flyball.Training;
using Flyball.Training.Bundles;

namespace Flyball.Serving;

/// <summary>Makes a version ready to serve: verified bundle, inspected model, features that still mean what they meant, golden rows that come out, and batches of every size that agree with their rows alone.</summary>
public static class VersionLoader
{
    /// <param name="blob">The packed bundle among the blobs.</param>
    /// <exception cref="FlyballException">The bundle is damaged, its model may not be loaded, or its features have other definitions now.</exception>
    public static ServedVersion Load(BlobStore blobs, Digest blob, Digest digest, int version, ProjectPlan project)
    {
        var bundle = ModelBundle.Unpack(blobs.Read(blob), digest);
        return Load(bundle, version, project);
    }

    /// <summary>
    /// Keeps the place of a version that cannot be loaded: requests are read as the project's definition says, the version fails at each, and the
    /// version before or the declared rule answers.
    /// </summary>
    /// <param name="missing">Why it cannot be loaded.</param>
    public static ServedVersion StandIn(ModelPlan model, Digest digest, int version, Problem missing)
    {
        // The project was checked when it was applied: its rules compile.
        var rules = DecisionRules.Compile(model.Definition.Decide, model.Definition.Where, _ => { });
        return new ServedVersion(model.Name, version, digest, model.Vector, null!, rules) { Missing = missing, UnknownColumn = model.UnknownColumn };
    }

    public static ServedVersion Load(ModelBundle bundle, int version, ProjectPlan project)
    {
        var scorer = BundleScorer.Load(bundle);
        try
        {
            var manifest = scorer.Manifest;
            var vector = ManifestVector.Compile(manifest, project);
            var problems = new ProblemList();
            var rules = DecisionRules.Compile(manifest.Decide, new ProblemLocation(ModelBundle.ManifestName), problem => problems.Add(problem));
            if (problems.Count > 0)
            {
                throw new FlyballException(problems[0]);
            }

            if (BatchAgreement.Defect(bundle, scorer) is { } defect)
            {
                throw new FlyballException(defect);
            }

            return new ServedVersion(manifest.Model, version, bundle.Digest, vector, scorer, rules)
            {
                UnknownColumn = manifest.OwnLabel is { } label ? vector.Request.Schema.IndexOf(label) : -1,
            };
        }
        catch
        {
            scorer.Dispose();
            throw;
        }
    }
}
