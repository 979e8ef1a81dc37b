using Flyball.Engine.Problems;
using Flyball.Training;
using Flyball.Training.Bundles;

namespace Flyball.Registry;

/// <summary>
/// What a bundle from outside must bring. The first layout had neither golden rows nor documents; bundles of it that are stored already are still read, and
/// taking one in would let its maker leave out whatever would have told on it.
/// </summary>
internal static class BundleDoor
{
    /// <summary>Why a bundle is not taken in; null when it is.</summary>
    public static Problem? Judge(ModelBundle bundle) =>
        bundle.Manifest.Format < ModelManifest.CurrentFormat
            ? Refused($"The bundle is of format {bundle.Manifest.Format}, which has no golden rows and no documents; format {ModelManifest.CurrentFormat} is taken in.")
            : bundle.Manifest.GoldenRows is not > 0 ? Refused("The bundle has no golden rows: nothing shows that it gives here what it gave where it was made.")
            : null;

    /// <exception cref="FlyballException">FLY3356: it is not taken in.</exception>
    public static void Require(ModelBundle bundle)
    {
        if (Judge(bundle) is { } problem)
        {
            throw new FlyballException(problem);
        }
    }

    private static Problem Refused(FormattableString seen) => Refused(seen.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static Problem Refused(string seen) => new("FLY3356", seen, new ProblemLocation(ModelBundle.ManifestName), "Train the model again with this program, and send that bundle.");
}
