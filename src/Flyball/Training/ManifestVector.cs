using Flyball.Engine.Problems;
using Flyball.Features;
using Flyball.Projects;
using Flyball.Training.Bundles;

namespace Flyball.Training;

/// <summary>The feature vector of a bundle, compiled against the project's present definitions, and refused when a feature means something else now.</summary>
public static class ManifestVector
{
    /// <exception cref="FlyballException">A contract or feature is gone or has another definition than the version was trained with.</exception>
    public static FeatureVectorPlan Compile(ModelManifest manifest, ProjectPlan project)
    {
        var where = new ProblemLocation($"{manifest.Model} {ModelBundle.ManifestName}");
        if (!project.Contracts.TryGetValue(manifest.PredictOn, out var request))
        {
            throw new FlyballException(new Problem("FLY3222", $"The version predicts on {manifest.PredictOn}, which has no contract now.", where));
        }

        var entities = project.Models.TryGetValue(manifest.Model, out var model) ? model.Definition.Entities : new Dictionary<string, string>(StringComparer.Ordinal);
        var problems = new ProblemList();
        var vector = FeatureVectorPlan.Compile(project.Features, request, [.. manifest.Features.Select(f => f.Name)], entities, where, problems)
            ?? throw new FlyballException(problems[0]);
        if (vector.Columns.Count != manifest.Features.Count)
        {
            // A name twice, or a pattern in place of a name: the model's input would be filled in part.
            throw new FlyballException(new Problem("FLY3223", $"The manifest names {manifest.Features.Count} features, and they are {vector.Columns.Count} columns.", where, "Name each feature once."));
        }

        for (var i = 0; i < vector.Columns.Count; i++)
        {
            if (vector.Columns[i].Definition.Hex != manifest.Features[i].Definition)
            {
                throw new FlyballException(new Problem(
                    "FLY3223", $"The feature {vector.Columns[i].Name} has another definition now than the version was trained with.", where, "Train a new version, or give the changed feature a new name."));
            }
        }

        return vector;
    }
}
