using Flyball.Engine.Identity;
using Flyball.Training.Bundles;

namespace Flyball.Serving;

/// <summary>Finds verified bundles by their digest: the registry's in a server, a folder's in an offline check.</summary>
public interface IBundleSource
{
    /// <exception cref="Flyball.Engine.Problems.FlyballException">There is no such bundle, or it is damaged.</exception>
    ModelBundle Read(Digest digest);
}
