using Flyball.Engine.Problems;

namespace Flyball.Training.Artifacts;

/// <summary>
/// How clients name artifacts: <c>mlflow-artifacts:/</c> and a logical path, which they send back to this server. Locations elsewhere are
/// refused: what is not in the store can neither be sealed nor verified.
/// </summary>
public static class ArtifactUri
{
    public const string Scheme = "mlflow-artifacts:";

    /// <summary>The first name of paths that hold sealed copies; nobody writes there by a path.</summary>
    public const string SealedArea = "sealed";

    /// <summary>The URI of a logical path that this program made.</summary>
    public static string Of(string path) => $"{Scheme}/{path}";

    /// <summary>The URI of something below a location.</summary>
    public static string Below(string location, string path) => $"{location.TrimEnd('/')}/{path}";

    /// <summary>A location that a client asks for; it lies in the store, and not among the sealed copies.</summary>
    /// <exception cref="FlyballException">FLY3306: it does not.</exception>
    public static string CheckLocation(string location)
    {
        var path = PathOf(location, "artifact_location");
        return path.IsRoot || path.Area == SealedArea
            ? throw ArtifactProblems.Refused("artifact_location", "it is no place for an experiment of its own")
            : Of(path.ToString());
    }

    /// <summary>The logical path of a URI of ours: <c>mlflow-artifacts:/a/b</c>, or with a host, which is this server whatever its name.</summary>
    /// <exception cref="FlyballException">FLY3306: of another scheme, or its path is refused.</exception>
    public static ArtifactPath PathOf(string uri, string field)
    {
        if (!uri.StartsWith(Scheme + "/", StringComparison.Ordinal))
        {
            throw ArtifactProblems.Refused(field, $"only {Scheme}/ locations are held here, and files of this machine never");
        }

        var rest = uri[(Scheme.Length + 1)..];
        if (rest.StartsWith('/'))
        {
            // mlflow-artifacts://host/a/b
            var slash = rest.IndexOf('/', 1);
            var host = slash < 0 ? rest[1..] : rest[1..slash];
            if (host.Length == 0 || Uri.CheckHostName(host.Split(':')[0]) == UriHostNameType.Unknown)
            {
                throw ArtifactProblems.Refused(field, "it names no host and is absolute");
            }

            rest = slash < 0 ? "" : rest[(slash + 1)..];
        }

        return ArtifactPath.TryParse(rest, out var path, out var reason) ? path : throw ArtifactProblems.Refused(field, reason);
    }
}
