using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Registry;
using Flyball.Registry.Queries;
using Flyball.Training.Artifacts;
using Flyball.Training.Tracking;
using static Flyball.Server.Protocols.Mlflow.MlflowRoute;
using static Flyball.Server.Protocols.Mlflow.RegistryAccess;

namespace Flyball.Server.Protocols.Mlflow;

/// <summary>Versions of registered models.</summary>
internal static class VersionRoutes
{
    private const int MostResults = 200_000;
    private const int UsualResults = 10_000;

    public static IEnumerable<MlflowRoute> All { get; } =
    [
        Post("/model-versions/create", "Register a version, and seal its files", CreateAsync),
        Patch("/model-versions/update", "Describe a version", DescribeAsync),
        Post("/model-versions/transition-stage", "Move a version to a stage", TransitionAsync) with { Permission = Permission.Operate },
        Delete("/model-versions/delete", "Delete a version", DeleteAsync) with { Permission = Permission.Operate },
        Get("/model-versions/get", "One version", call => One(call, Version(call))),
        Get("/model-versions/search", "Search versions", Search),
        Get("/model-versions/get-download-uri", "Where a version's sealed files are found", DownloadUri),
        Post("/model-versions/set-tag", "Tag a version", TagAsync),
        Delete("/model-versions/delete-tag", "Remove a tag of a version", UntagAsync),
    ];

    public static MlflowAnswer One(MlflowCall call, VersionRecord version)
    {
        var origin = version.Version.LoggedModel is { } id ? call.Tracking.Models.Find(id) : null;
        return new MlflowAnswer(json =>
        {
            json.WritePropertyName("model_version");
            RegistryJsonWriter.Version(json, version, origin);
        });
    }

    /// <summary><c>/model-versions/get-artifact</c>: a sealed file, for a browser.</summary>
    public static Task FileAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var found = RegistryAccess.Version(context.RequestServices.GetRequiredService<ModelRegistry>(), Named(context, "name"), Named(context, "version"));
        var path = ArtifactUri.PathOf(SealedArtifacts.UriOf(found.Version), "name").Join(ArtifactListRoutes.PathOf(Named(context, "path"), "path"));
        var store = context.RequestServices.GetRequiredService<TrackingStore>().Artifacts;
        return ArtifactContent.SendAsync(context, store, context.Sealed().Find(path) ?? throw ArtifactProblems.NoFile(ArtifactListRoutes.PathOf(query["path"], "path")));
    }

    private static string Named(HttpContext context, string name) => context.Request.Query[name].ToString() is { Length: > 0 } text ? text : throw MlflowException.Missing(name);

    private static async Task<MlflowAnswer> CreateAsync(MlflowCall call)
    {
        var name = call.Required("name");
        var source = call.Required("source");
        var model = Model(call);
        var found = VersionSource.Of(call, source);
        var loggedModel = found.Model?.ModelId ?? (call.Text("model_id") is { Length: > 0 } id ? call.Tracking.Models.Get(id).ModelId : null);
        var draft = new VersionDraft(model.Name, source, found.Files)
        {
            RunId = call.Text("run_id") is { Length: > 0 } run ? run : found.RunId,
            LoggedModel = loggedModel,
            RunLink = call.Text("run_link"),
            Description = call.Text("description"),
            Tags = Tags(call),
            IdempotencyKey = call.IdempotencyKey,
        };
        var made = await MadeAsync(call.Registry().Outside.CreateAsync(draft, call.CallerOf(), call.Stop), taken: name);
        if (loggedModel is not null)
        {
            await NoteAsync(call, loggedModel, made.Version);
        }

        return One(call, made);
    }

    /// <summary>The logged model lists its versions in a tag. A client that cannot read one list writes another: that is its tag.</summary>
    private static async Task NoteAsync(MlflowCall call, string modelId, ModelVersion version)
    {
        // The version is registered: a model that somebody deletes meanwhile is no reason to answer that it was not.
        var number = MlflowJson.Text(version.Version);
        if (call.Tracking.Models.Find(modelId) is not { } model || LoggedModelRoutes.RegistrationsOf(model) is var before && before.Contains((version.Model, number)))
        {
            return;
        }

        var list = new JsonArray([.. before.Append((version.Model, number)).Select(v => new JsonObject { ["name"] = v.Item1, ["version"] = v.Item2 })]);
        while (list.Count > 1 && list.ToJsonString().Length > TrackingLimits.TagValue)
        {
            // Cut off as a text it would be no list any more: the oldest go.
            list.RemoveAt(0);
        }

        await call.Tracking.Models.SetTagsAsync(modelId, [new KeyText(LoggedModelRoutes.VersionsTag, list.ToJsonString())], call.Stop);
    }

    private static async Task<MlflowAnswer> DescribeAsync(MlflowCall call)
    {
        var version = Version(call).Version;
        return One(call, await MadeAsync(call.Registry().Labels.DescribeAsync(version.Model, version.Version, call.Text("description"), call.CallerOf(), null, call.Stop)));
    }

    private static async Task<MlflowAnswer> TransitionAsync(MlflowCall call)
    {
        var version = Version(call).Version;
        var stage = call.Required("stage");
        if (!VersionStages.TryParse(stage, out var known))
        {
            throw MlflowException.Invalid($"Invalid Model Version stage: {stage}. Value must be one of {string.Join(", ", VersionStages.All)}.");
        }

        return One(call, await MadeAsync(call.Registry().Labels.TransitionAsync(
            version.Model, version.Version, known, call.RequiredFlag("archive_existing_versions"), call.CallerOf(), null, call.Stop)));
    }

    private static Task<MlflowAnswer> DeleteAsync(MlflowCall call)
    {
        var version = Version(call).Version;
        return ExperimentRoutes.DoneAsync(MadeAsync(call.Registry().Life.DeleteAsync(version.Model, version.Version, call.CallerOf(), null, call.Stop)));
    }

    private static MlflowAnswer Search(MlflowCall call)
    {
        var page = call.Queries().Versions(call.Text("filter"), call.Texts("order_by"), call.Limit(MostResults, UsualResults), call.Text("page_token"));
        return new MlflowAnswer(json =>
        {
            MlflowJson.List(json, "model_versions", page.Found, (j, version) => RegistryJsonWriter.Version(j, version, null));
            MlflowJson.Given(json, "next_page_token", page.NextPage);
        });
    }

    private static MlflowAnswer DownloadUri(MlflowCall call)
    {
        var uri = SealedArtifacts.UriOf(Version(call).Version);
        return new MlflowAnswer(json => json.WriteString("artifact_uri", uri));
    }

    private static Task<MlflowAnswer> TagAsync(MlflowCall call)
    {
        var version = Version(call).Version;
        return ExperimentRoutes.DoneAsync(MadeAsync(call.Registry().Labels.SetTagAsync(version.Model, version.Version, call.Required("key"), call.Text("value") ?? "", call.CallerOf(), null, call.Stop)));
    }

    private static Task<MlflowAnswer> UntagAsync(MlflowCall call)
    {
        var version = Version(call).Version;
        return ExperimentRoutes.DoneAsync(MadeAsync(call.Registry().Labels.DeleteTagAsync(version.Model, version.Version, call.Required("key"), call.CallerOf(), null, call.Stop)));
    }
}
