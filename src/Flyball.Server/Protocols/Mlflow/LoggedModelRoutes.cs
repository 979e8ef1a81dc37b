using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Training.Tracking;
using Flyball.Training.Tracking.Search;
using static Flyball.Server.Protocols.Mlflow.MlflowRoute;

namespace Flyball.Server.Protocols.Mlflow;

/// <summary>Logged models, which clients from version 3 on need.</summary>
internal static class LoggedModelRoutes
{
    /// <summary>The tag that lists the versions registered from a model.</summary>
    public const string VersionsTag = "mlflow.modelVersions";

    private const int MostResults = 50_000;
    private const int UsualResults = 50;

    public static IEnumerable<MlflowRoute> All { get; } =
    [
        Post("/logged-models", "Log a model", CreateAsync),
        Ask("/logged-models/search", "Search logged models", Search),
        Get("/logged-models/{model_id}", "One logged model", call => One(call.Tracking.Models.Get(call.Required("model_id")))),
        Patch("/logged-models/{model_id}", "End a model's upload", FinishAsync),
        Delete("/logged-models/{model_id}", "Delete a logged model", call => ExperimentRoutes.DoneAsync(call.Tracking.Models.DeleteAsync(call.Required("model_id"), call.Stop))),
        Patch("/logged-models/{model_id}/tags", "Tag a logged model", call => ExperimentRoutes.DoneAsync(call.Tracking.Models.SetTagsAsync(call.Required("model_id"), call.Pairs("tags"), call.Stop))),
        Delete("/logged-models/{model_id}/tags/{tag_key}", "Remove a tag of a logged model", call => ExperimentRoutes.DoneAsync(call.Tracking.Models.DeleteTagAsync(call.Required("model_id"), call.Required("tag_key"), call.Stop))),
        Post("/logged-models/{model_id}/params", "Add parameters to a logged model", call => ExperimentRoutes.DoneAsync(call.Tracking.Models.AddParamsAsync(call.Required("model_id"), call.Pairs("params"), call.Stop))),
    ];

    /// <summary>The versions that a model's tag lists.</summary>
    public static IReadOnlyList<(string Name, string Version)> RegistrationsOf(LoggedModel model)
    {
        // A client may write anything into a tag.
        return ForeignJson.Read(model.Tags.FirstOrDefault(t => t.Key == VersionsTag)?.Value) is JsonArray list
            ? [.. list.OfType<JsonObject>().Select(v => (v["name"]?.ToString() ?? "", v["version"]?.ToString() ?? ""))]
            : [];
    }

    private static MlflowAnswer One(LoggedModel model) => new(json =>
    {
        json.WritePropertyName("model");
        MlflowJson.LoggedModel(json, model, RegistrationsOf(model));
    });

    private static async Task<MlflowAnswer> CreateAsync(MlflowCall call)
    {
        var experiment = ExperimentRoutes.IdOf(call);
        var model = new NewLoggedModel(experiment, call.Text("name"), call.Text("model_type"), call.Text("source_run_id"), call.Pairs("params"), call.Pairs("tags"));
        return One(await call.Tracking.Models.CreateAsync(model, call.Mark("logged-model"), call.Stop));
    }

    private static async Task<MlflowAnswer> FinishAsync(MlflowCall call)
    {
        var status = call.OneOf("status", LoggedModelStatus.All, first: 0) ?? throw MlflowException.Missing("status");
        return status is not ("LOGGED_MODEL_STATUS_UNSPECIFIED" or LoggedModelStatus.Pending)
            ? One(await call.Tracking.Models.FinishAsync(call.Required("model_id"), status, call.Stop))
            : throw MlflowException.Invalid($"Invalid model status: {status}. Expected statuses: LOGGED_MODEL_READY, LOGGED_MODEL_UPLOAD_FAILED.");
    }

    private static MlflowAnswer Search(MlflowCall call)
    {
        var page = call.Tracking.Search.LoggedModels(new LoggedModelSearch
        {
            Experiments = ExperimentRoutes.IdsOf(call),
            Filter = call.Text("filter"),
            Datasets = [.. call.Items("datasets").Select((d, i) => (MlflowCall.RequiredOf(d, "dataset_name", $"datasets[{i}].dataset_name"), MlflowCall.TextOf(d, "dataset_digest", $"datasets[{i}].dataset_digest")))],
            OrderBy = [.. call.Items("order_by").Select(OrderOf)],
            Limit = call.Limit(MostResults, UsualResults),
            PageToken = call.Text("page_token"),
        });
        return new MlflowAnswer(json =>
        {
            MlflowJson.List(json, "models", page.Found, (j, model) => MlflowJson.LoggedModel(j, model, RegistrationsOf(model)));
            MlflowJson.Given(json, "next_page_token", page.NextPage);
        });
    }

    /// <summary>A term comes as an object here; it is written as the one text it is elsewhere.</summary>
    private static string OrderOf(JsonElement item, int index)
    {
        var field = MlflowCall.RequiredOf(item, "field_name", $"order_by[{index}].field_name");
        var ascending = !MlflowCall.TryMember(item, "ascending", out var flag) || MlflowValue.Flag(flag, $"order_by[{index}].ascending");
        var dot = field.IndexOf('.');
        var name = dot < 0 ? $"`{field.Replace("`", "``", StringComparison.Ordinal)}`" : $"{field[..dot]}.`{field[(dot + 1)..].Replace("`", "``", StringComparison.Ordinal)}`";
        return $"{name} {(ascending ? "ASC" : "DESC")}";
    }
}
