using System.Text.Json;
using System.Text.Json.Nodes;
using Flyball.Training.Tracking;
using Flyball.Training.Tracking.Search;
using static Flyball.Server.Protocols.Mlflow.MlflowRoute;

namespace Flyball.Server.Protocols.Mlflow;

/// <summary>Runs: their lives, and finding them.</summary>
internal static class RunRoutes
{
    private const int MostResults = 50_000;
    private const int UsualResults = 1_000;

    public static IEnumerable<MlflowRoute> All { get; } =
    [
        Post("/runs/create", "Start a run", CreateAsync),
        Post("/runs/update", "Change a run's status, end or name", UpdateAsync),
        Post("/runs/delete", "Delete a run", call => ExperimentRoutes.DoneAsync(call.Tracking.Runs.DeleteAsync(call.Required("run_id"), call.Stop))),
        Post("/runs/restore", "Restore a run", call => ExperimentRoutes.DoneAsync(call.Tracking.Runs.RestoreAsync(call.Required("run_id"), call.Stop))),
        Get("/runs/get", "One run with what it logged", call => One(call.Tracking.Runs.Get(IdOf(call)))),
        Ask("/runs/search", "Search runs", Search),
        Post("/runs/delete-tag", "Remove a tag of a run", call => ExperimentRoutes.DoneAsync(call.Tracking.Runs.DeleteTagAsync(IdOf(call), call.Required("key"), call.Stop))),
        Post("/runs/log-model", "Note a model's description", NoteModelAsync),
        Post("/runs/log-inputs", "Note datasets and models that a run read", InputsAsync),
        Post("/runs/outputs", "Note models that a run made", OutputsAsync),
    ];

    /// <summary>The run that must be named, by either of its names.</summary>
    public static string IdOf(MlflowCall call) =>
        call.Text("run_id") is { Length: > 0 } id ? Checked(id) : call.Text("run_uuid") is { Length: > 0 } old ? Checked(old) : throw MlflowException.Missing("run_id");

    public static MlflowAnswer One(TrackedRun run) => new(json =>
    {
        json.WritePropertyName("run");
        MlflowJson.Run(json, run);
    });

    private static string Checked(string id) => TrackingLimits.IsRunId(id) ? id : throw MlflowException.Invalid("run_id", MlflowValue.Shown(id), "a run's id has letters, digits, '_' and '-'");

    private static async Task<MlflowAnswer> CreateAsync(MlflowCall call)
    {
        var experiment = call.Text("experiment_id", isId: true) is { Length: > 0 } id ? ExperimentRoutes.IdOf(id) : 0;
        var run = new NewRun(experiment, call.Text("user_id") is { Length: > 0 } user ? user : call.Caller, call.Text("run_name"), call.Whole("start_time"), call.Pairs("tags"));
        return One(await call.Tracking.Runs.CreateAsync(run, call.Mark("run"), call.Stop));
    }

    private static async Task<MlflowAnswer> UpdateAsync(MlflowCall call)
    {
        var run = await call.Tracking.Runs.UpdateAsync(IdOf(call), call.OneOf("status", RunStatus.All, first: 1), call.Whole("end_time"), call.Text("run_name"), call.Stop);
        return new MlflowAnswer(json => MlflowJson.RunInfo(json, "run_info", run));
    }

    private static MlflowAnswer Search(MlflowCall call)
    {
        var page = call.Tracking.Search.Runs(new RunSearch
        {
            Experiments = ExperimentRoutes.IdsOf(call),
            Filter = call.Text("filter"),
            OrderBy = call.Texts("order_by"),
            View = ExperimentRoutes.ViewOf(call, "run_view_type"),
            Limit = call.Limit(MostResults, UsualResults),
            PageToken = call.Text("page_token"),
        });
        return new MlflowAnswer(json =>
        {
            MlflowJson.List(json, "runs", page.Found, MlflowJson.Run);
            MlflowJson.Given(json, "next_page_token", page.NextPage);
        });
    }

    private static Task<MlflowAnswer> NoteModelAsync(MlflowCall call)
    {
        var run = IdOf(call);
        var text = call.Required("model_json");
        if (ForeignJson.Read(text) is not JsonObject model)
        {
            throw MlflowException.Invalid($"Malformed model info. \n {MlflowValue.Shown(text.Length > 200 ? text[..200] : text)} \n is not valid JSON.");
        }

        string[] missing = [.. ((string[])["artifact_path", "flavors", "utc_time_created", "run_id"]).Where(m => model[m] is null)];
        return missing.Length == 0
            ? ExperimentRoutes.DoneAsync(call.Tracking.Runs.NoteModelAsync(run, model, call.Stop))
            : throw MlflowException.Invalid($"Model json is missing mandatory fields: [{string.Join(", ", missing)}]");
    }

    private static Task<MlflowAnswer> InputsAsync(MlflowCall call)
    {
        var run = IdOf(call);
        var datasets = call.Items("datasets").Select(Dataset).ToList();
        var models = call.Items("models").Select((m, i) => MlflowCall.RequiredOf(m, "model_id", $"models[{i}].model_id")).ToList();
        return ExperimentRoutes.DoneAsync(call.Tracking.Inputs.AddAsync(run, datasets, models, call.Stop));
    }

    private static DatasetUse Dataset(JsonElement item, int index)
    {
        var path = $"datasets[{index}]";
        return !MlflowCall.TryMember(item, "dataset", out var dataset) ? throw MlflowException.Missing($"{path}.dataset") : new DatasetUse
        {
            Name = MlflowCall.RequiredOf(dataset, "name", $"{path}.dataset.name"),
            Digest = MlflowCall.RequiredOf(dataset, "digest", $"{path}.dataset.digest"),
            SourceType = MlflowCall.RequiredOf(dataset, "source_type", $"{path}.dataset.source_type"),
            Source = MlflowCall.RequiredOf(dataset, "source", $"{path}.dataset.source"),
            Schema = MlflowCall.TextOf(dataset, "schema", $"{path}.dataset.schema"),
            Profile = MlflowCall.TextOf(dataset, "profile", $"{path}.dataset.profile"),
            Tags = MlflowCall.TryMember(item, "tags", out var tags) ? MlflowCall.Pairs(MlflowCall.ItemsOf(tags, $"{path}.tags"), $"{path}.tags") : [],
        };
    }

    private static Task<MlflowAnswer> OutputsAsync(MlflowCall call)
    {
        var run = IdOf(call);
        var models = call.Items("models").Select((m, i) => new RunModel(
            MlflowCall.RequiredOf(m, "model_id", $"models[{i}].model_id"),
            MlflowCall.TryMember(m, "step", out var step) ? MlflowValue.Whole(step, $"models[{i}].step") : 0)).ToList();
        return ExperimentRoutes.DoneAsync(call.Tracking.Inputs.AddOutputsAsync(run, models, call.Stop));
    }
}
