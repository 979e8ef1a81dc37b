using Flyball.Engine.Identity;
using Flyball.Engine.Problems;
using Flyball.Features;
using Flyball.Training;

namespace Flyball.Serving;

/// <summary>The feature vectors of versions, compiled against the present definitions, each once. Not thread-safe.</summary>
internal sealed class VersionVectors(IBundleSource bundles, ProjectPlan project)
{
    private readonly Dictionary<Digest, FeatureVectorPlan?> vectors = [];

    /// <summary>The vector of a version; null when one of its features, or its request, means something else now.</summary>
    /// <exception cref="FlyballException">There is no such bundle, or it is damaged.</exception>
    public FeatureVectorPlan? Of(Digest digest)
    {
        if (!vectors.TryGetValue(digest, out var vector))
        {
            vectors[digest] = vector = Compile(bundles.Read(digest).Manifest);
        }

        return vector;
    }

    private FeatureVectorPlan? Compile(ModelManifest manifest)
    {
        try
        {
            return ManifestVector.Compile(manifest, project);
        }
        catch (FlyballException)
        {
            // Whatever of its definitions is gone or changed, the version cannot be replayed as it was.
            return null;
        }
    }
}
