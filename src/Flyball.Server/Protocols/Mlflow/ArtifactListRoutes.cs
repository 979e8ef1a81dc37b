using Flyball.Training.Artifacts;
using static Flyball.Server.Protocols.Mlflow.MlflowRoute;

namespace Flyball.Server.Protocols.Mlflow;

/// <summary>Listings of artifacts by the run or logged model that made them.</summary>
internal static class ArtifactListRoutes
{
    public static IEnumerable<MlflowRoute> All { get; } =
    [
        Get("/artifacts/list", "Artifacts of a run", OfRun),
        Get("/logged-models/{model_id}/artifacts/directories", "Artifacts of a logged model", OfModel),
    ];

    /// <summary>A path as it came in a parameter.</summary>
    public static ArtifactPath PathOf(string? sent, string field) =>
        ArtifactPath.TryParse(sent ?? "", out var path, out var reason) ? path : throw ArtifactProblems.Refused(field, reason);

    private static MlflowAnswer OfRun(MlflowCall call) =>
        Listing(call, call.Tracking.Runs.Get(RunRoutes.IdOf(call)).ArtifactUri, PathOf(call.Text("path"), "path"));

    private static MlflowAnswer OfModel(MlflowCall call) =>
        Listing(call, call.Tracking.Models.Get(call.Required("model_id")).ArtifactUri, PathOf(call.Text("artifact_directory_path"), "artifact_directory_path"));

    private static MlflowAnswer Listing(MlflowCall call, string root, ArtifactPath path)
    {
        var entries = call.Tracking.Artifacts.List(ArtifactUri.PathOf(root, "root_uri").Join(path));
        return new MlflowAnswer(json =>
        {
            json.WriteString("root_uri", root);
            MlflowJson.List(json, "files", entries, (j, entry) => MlflowJson.File(j, entry, path.Prefix));
        });
    }
}
