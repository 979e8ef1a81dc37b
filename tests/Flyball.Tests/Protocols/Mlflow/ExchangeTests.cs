using System.Text;
using System.Text.Json.Nodes;

namespace Flyball.Tests.Protocols.Mlflow;

/// <summary>
/// The requests that the protocol's Python client makes for the snippet of the README, of versions 2.22 and 3.5, in their order, each answer checked for
/// every member that the client reads:
/// <code>
/// mlflow.set_tracking_uri(...)
/// with mlflow.start_run():
///     mlflow.log_params({"model_type": "xgboost", "max_depth": 6, "learning_rate": 0.05})
///     mlflow.log_metrics({"auc": 0.912, "f1": 0.781})
///     mlflow.sklearn.log_model(model, "model", registered_model_name="customer_churn_predictor")
/// </code>
/// then a search, an alias, and <c>load_model("models:/customer_churn_predictor@champion")</c>.
/// </summary>
[Collection(MlflowTests.Name)]
public sealed class ExchangeTests(MlflowServer server)
{
    private static readonly string[] ModelFiles = ["MLmodel", "model.pkl", "conda.yaml", "python_env.yaml", "requirements.txt"];

    [Fact]
    public async Task A_client_of_version_2_22_logs_registers_and_loads_a_model()
    {
        var name = server.Name("customer_churn_predictor");
        var (experiment, run) = await StartAsync();
        var id = MlflowServer.Text(run, "run_id");
        await LogAsync(id, withRunIds: false);

        var root = MlflowServer.Text(run, "artifact_uri");
        var contents = await UploadAsync($"{root}/model");
        await server.PostAsync("/runs/log-model", new { run_id = id, model_json = ModelJson(id) });
        await RegisterNameAsync(name);
        await GetRunAsync(id);
        var version = (await server.PostAsync("/model-versions/create", new { name, source = $"{root}/model", run_id = id }))["model_version"]!;
        AssertVersion(version, name, "1", $"{root}/model", id);
        await EndAsync(id);

        // A second log_model into the same run overwrites its files; the version keeps what it was made of.
        await server.PutAsync($"{root}/model/model.pkl", "overwritten"u8.ToArray());
        await SearchAliasAndLoadAsync(experiment, name, id, contents);
    }

    [Fact]
    public async Task A_client_of_version_3_5_logs_registers_and_loads_a_model()
    {
        var name = server.Name("customer_churn_predictor");
        var (experiment, run) = await StartAsync();
        var id = MlflowServer.Text(run, "run_id");
        await LogAsync(id, withRunIds: true);

        await GetRunAsync(id);
        var model = (await server.PostAsync("/logged-models", new
        {
            experiment_id = experiment, name = "model", source_run_id = id,
            @params = new[] { new { key = "max_depth", value = "6" } }, tags = new[] { new { key = "flavor", value = "sklearn" } },
        }))["model"]!;
        var modelId = AssertModel(model, experiment, id, "LOGGED_MODEL_PENDING");
        await server.PostAsync("/runs/outputs", new { run_id = id, models = new[] { new { model_id = modelId, step = 0 } } });
        var output = (await GetRunAsync(id))["outputs"]!["model_outputs"]![0]!;
        Assert.Equal((modelId, 0L), (MlflowServer.Text(output, "model_id"), output["step"]!.GetValue<long>()));
        foreach (var (key, value) in (Dictionary<string, double>)new() { ["auc"] = 0.912, ["f1"] = 0.781 })
        {
            var history = await server.GetAsync($"/metrics/get-history?run_uuid={id}&metric_key={key}&run_id={id}&max_results=25000");
            Assert.Equal(value, Assert.Single(history["metrics"]!.AsArray())!["value"]!.GetValue<double>());
            Assert.False(history.ContainsKey("next_page_token"));
        }

        AssertModel((await server.GetAsync($"/logged-models/{modelId}"))["model"]!, experiment, id, "LOGGED_MODEL_PENDING");
        var root = MlflowServer.Text(model["info"]!, "artifact_uri");
        var contents = await UploadAsync(root);
        AssertModel((await server.PatchAsync($"/logged-models/{modelId}", new { model_id = modelId, status = "LOGGED_MODEL_READY" }))["model"]!, experiment, id, "LOGGED_MODEL_READY");
        await RegisterNameAsync(name);
        var version = (await server.PostAsync("/model-versions/create", new { name, source = $"models:/{modelId}", run_id = id, model_id = modelId }))["model_version"]!;
        AssertVersion(version, name, "1", $"models:/{modelId}", id);
        Assert.Equal(modelId, MlflowServer.Text(version, "model_id"));
        Assert.Equal("max_depth", MlflowServer.Text(version["model_params"]![0]!, "name"));
        var registered = (await server.GetAsync($"/logged-models/{modelId}"))["model"]!["info"]!;
        Assert.Equal((name, "1"), (MlflowServer.Text(registered["registrations"]![0]!, "name"), MlflowServer.Text(registered["registrations"]![0]!, "version")));
        await server.PatchAsync($"/logged-models/{modelId}/tags", new { tags = new[] { new { key = "mlflow.modelVersions", value = $$"""[{"name": "{{name}}", "version": 1}]""" } } });
        await EndAsync(id);

        await server.PutAsync($"{root}/model.pkl", "overwritten"u8.ToArray());
        await SearchAliasAndLoadAsync(experiment, name, id, contents);
        await LoadByRunAsync(experiment, id, modelId, root);
    }

    private static string ModelJson(string run) =>
        $$$"""{"run_id": "{{{run}}}", "artifact_path": "model", "utc_time_created": "2026-03-01 12:00:00.000000", "flavors": {"python_function": {"env": {}}, "sklearn": {"code": null} } }""";

    /// <summary><c>set_experiment</c> of a new name, then <c>start_run</c>.</summary>
    private async Task<(string Experiment, JsonObject Run)> StartAsync()
    {
        var name = server.Name("churn");
        var (status, code, _) = await server.RefusedAsync(HttpMethod.Get, $"/experiments/get-by-name?experiment_name={name}");
        Assert.Equal((404, "RESOURCE_DOES_NOT_EXIST"), (status, code));
        var id = MlflowServer.Text(await server.PostAsync("/experiments/create", new { name }), "experiment_id");
        var experiment = (await server.GetAsync($"/experiments/get?experiment_id={id}"))["experiment"]!;
        Assert.Equal(
            (id, name, $"mlflow-artifacts:/{id}", "active"),
            (MlflowServer.Text(experiment, "experiment_id"), MlflowServer.Text(experiment, "name"), MlflowServer.Text(experiment, "artifact_location"), MlflowServer.Text(experiment, "lifecycle_stage")));
        Assert.True(experiment["creation_time"]!.GetValue<long>() > 0);
        Assert.True(experiment["last_update_time"]!.GetValue<long>() > 0);

        var run = (await server.PostAsync("/runs/create", new
        {
            experiment_id = id, user_id = "ann", start_time = 1_700_000_000_000,
            tags = new[] { new { key = "mlflow.user", value = "ann" }, new { key = "mlflow.source.name", value = "train.py" }, new { key = "mlflow.source.type", value = "LOCAL" } },
        }))["run"]!;
        var info = run["info"]!.AsObject();
        var runId = MlflowServer.Text(info, "run_id");
        Assert.Matches("^[0-9a-f]{32}$", runId);
        Assert.Equal(runId, MlflowServer.Text(info, "run_uuid"));
        Assert.Matches("^[a-z]+-[a-z]+-[0-9]+$", MlflowServer.Text(info, "run_name"));
        Assert.Equal((id, "ann", "RUNNING", "active"), (MlflowServer.Text(info, "experiment_id"), MlflowServer.Text(info, "user_id"), MlflowServer.Text(info, "status"), MlflowServer.Text(info, "lifecycle_stage")));
        Assert.Equal($"mlflow-artifacts:/{id}/{runId}/artifacts", MlflowServer.Text(info, "artifact_uri"));
        Assert.Equal(1_700_000_000_000, info["start_time"]!.GetValue<long>());
        Assert.False(info.ContainsKey("end_time"));
        Assert.Equal(MlflowServer.Text(info, "run_name"), Value(run["data"]!["tags"]!, "mlflow.runName"));
        return (id, info);
    }

    private async Task LogAsync(string run, bool withRunIds)
    {
        await server.PostAsync("/runs/log-batch", new
        {
            run_id = run, run_uuid = run, metrics = Array.Empty<object>(), tags = Array.Empty<object>(),
            @params = new[] { new { key = "model_type", value = "xgboost" }, new { key = "max_depth", value = "6" }, new { key = "learning_rate", value = "0.05" } },
        });
        object Metric(string key, double value) => withRunIds
            ? new { key, value, timestamp = 1_700_000_000_100, step = 0, run_id = run }
            : new { key, value, timestamp = 1_700_000_000_100, step = 0 };
        await server.PostAsync("/runs/log-batch", new { run_id = run, run_uuid = run, metrics = new[] { Metric("auc", 0.912), Metric("f1", 0.781) }, @params = Array.Empty<object>(), tags = Array.Empty<object>() });
    }

    private async Task<Dictionary<string, byte[]>> UploadAsync(string root)
    {
        var contents = ModelFiles.ToDictionary(f => f, f => Encoding.UTF8.GetBytes($"the content of {f}\n"));
        foreach (var (file, content) in contents)
        {
            await server.PutAsync($"{root}/{file}", content);
        }

        return contents;
    }

    private async Task RegisterNameAsync(string name)
    {
        var model = (await server.PostAsync("/registered-models/create", new { name }))["registered_model"]!;
        Assert.Equal(name, MlflowServer.Text(model, "name"));
        Assert.True(model["creation_timestamp"]!.GetValue<long>() > 0);
        Assert.True(model["last_updated_timestamp"]!.GetValue<long>() > 0);

        // The client registers the name before every version, and takes this answer for good.
        var (status, code, message) = await server.RefusedAsync(HttpMethod.Post, "/registered-models/create", new { name });
        Assert.Equal((400, "RESOURCE_ALREADY_EXISTS", $"Registered Model (name={name}) already exists."), (status, code, message));
    }

    private async Task<JsonObject> GetRunAsync(string id)
    {
        var run = (await server.GetAsync($"/runs/get?run_uuid={id}&run_id={id}"))["run"]!.AsObject();
        Assert.Equal("6", Value(run["data"]!["params"]!, "max_depth"));
        var metric = run["data"]!["metrics"]!.AsArray().Single(m => MlflowServer.Text(m!, "key") == "auc")!;
        Assert.Equal((0.912, 1_700_000_000_100L, 0L), (metric["value"]!.GetValue<double>(), metric["timestamp"]!.GetValue<long>(), metric["step"]!.GetValue<long>()));
        return run;
    }

    private async Task EndAsync(string id)
    {
        await GetRunAsync(id);
        var info = (await server.PostAsync("/runs/update", new { run_uuid = id, run_id = id, status = "FINISHED", end_time = 1_700_000_009_000 }))["run_info"]!;
        Assert.Equal(("FINISHED", 1_700_000_009_000L), (MlflowServer.Text(info, "status"), info["end_time"]!.GetValue<long>()));
    }

    private static string AssertModel(JsonNode model, string experiment, string run, string status)
    {
        var info = model["info"]!;
        var id = MlflowServer.Text(info, "model_id");
        Assert.Matches("^m-[0-9a-f]{32}$", id);
        Assert.Equal(
            (experiment, "model", run, status, $"mlflow-artifacts:/{experiment}/models/{id}/artifacts"),
            (MlflowServer.Text(info, "experiment_id"), MlflowServer.Text(info, "name"), MlflowServer.Text(info, "source_run_id"), MlflowServer.Text(info, "status"), MlflowServer.Text(info, "artifact_uri")));
        Assert.True(info["creation_timestamp_ms"]!.GetValue<long>() > 0);
        Assert.True(info["last_updated_timestamp_ms"]!.GetValue<long>() > 0);
        Assert.Equal("", MlflowServer.Text(info, "model_type"));
        Assert.Equal("sklearn", Value(info["tags"]!, "flavor"));
        Assert.Equal("6", Value(model["data"]!["params"]!, "max_depth"));
        return id;
    }

    private static void AssertVersion(JsonNode version, string name, string number, string source, string run)
    {
        Assert.Equal(
            (name, number, source, run, "READY", "None"),
            (MlflowServer.Text(version, "name"), MlflowServer.Text(version, "version"), MlflowServer.Text(version, "source"), MlflowServer.Text(version, "run_id"),
                MlflowServer.Text(version, "status"), MlflowServer.Text(version, "current_stage")));
        Assert.True(version["creation_timestamp"]!.GetValue<long>() > 0);
        Assert.True(version["last_updated_timestamp"]!.GetValue<long>() > 0);
        Assert.Equal(("", ""), (MlflowServer.Text(version, "description"), MlflowServer.Text(version, "run_link")));
    }

    private async Task SearchAliasAndLoadAsync(string experiment, string name, string run, Dictionary<string, byte[]> contents)
    {
        var runs = (await server.PostAsync("/runs/search", new
        {
            experiment_ids = new[] { experiment }, filter = "metrics.auc > 0.9 and params.model_type = 'xgboost'", run_view_type = "ACTIVE_ONLY", max_results = 1_000, order_by = new[] { "metrics.auc DESC" },
        }))["runs"]!.AsArray();
        Assert.Equal(run, MlflowServer.Text(Assert.Single(runs)!["info"]!, "run_id"));
        var versions = await server.GetAsync($"/model-versions/search?filter={Uri.EscapeDataString($"name='{name}'")}&max_results=10000");
        Assert.Equal("1", MlflowServer.Text(Assert.Single(versions["model_versions"]!.AsArray())!, "version"));
        Assert.False(versions.ContainsKey("next_page_token"));

        await server.GetAsync($"/registered-models/get?name={name}");
        Assert.Empty(await server.PostAsync("/registered-models/alias", new { name, alias = "champion", version = "1" }));

        var version = (await server.GetAsync($"/registered-models/alias?name={name}&alias=champion"))["model_version"]!;
        Assert.Equal("champion", version["aliases"]![0]!.GetValue<string>());
        var model = (await server.GetAsync($"/registered-models/get?name={name}"))["registered_model"]!;
        Assert.Equal(("champion", "1"), (MlflowServer.Text(model["aliases"]![0]!, "alias"), MlflowServer.Text(model["aliases"]![0]!, "version")));
        Assert.Equal("1", MlflowServer.Text(model["latest_versions"]![0]!, "version"));
        var uri = MlflowServer.Text(await server.GetAsync($"/model-versions/get-download-uri?name={name}&version={MlflowServer.Text(version, "version")}"), "artifact_uri");
        await LoadAsync(uri, contents);

        var latest = await server.PostAsync("/registered-models/get-latest-versions", new { name, stages = new[] { "None" } });
        Assert.Equal("1", MlflowServer.Text(Assert.Single(latest["model_versions"]!.AsArray())!, "version"));
    }

    /// <summary>Lists the location, and its parts as the client does when it does not know files from folders, then gets each file.</summary>
    private async Task LoadAsync(string uri, Dictionary<string, byte[]> contents)
    {
        Assert.StartsWith("mlflow-artifacts:/", uri, StringComparison.Ordinal);
        var files = (await server.ListAsync(uri))["files"]!.AsArray();
        Assert.Equal(contents.Keys.Order(StringComparer.Ordinal), files.Select(f => MlflowServer.Text(f!, "path")));
        foreach (var file in files)
        {
            var path = MlflowServer.Text(file!, "path");
            Assert.False(file!["is_dir"]!.GetValue<bool>());
            Assert.Equal(contents[path].Length, file["file_size"]!.GetValue<long>());
            Assert.Equal(contents[path], await server.FileAsync($"{uri}/{path}"));
        }

        // Not a folder: the client then takes it for a file.
        Assert.Empty(await server.ListAsync($"{uri}/MLmodel"));
    }

    /// <summary><c>load_model("runs:/ID/model")</c> of version 3, whose run has no such folder.</summary>
    private async Task LoadByRunAsync(string experiment, string run, string model, string root)
    {
        var uri = MlflowServer.Text((await GetRunAsync(run))["info"]!, "artifact_uri");
        Assert.Empty(await server.ListAsync($"{uri}/model"));
        var (status, code, _) = await server.RefusedAsync(HttpMethod.Get, MlflowServer.FileOf($"{uri}/model"));
        Assert.Equal((404, "RESOURCE_DOES_NOT_EXIST"), (status, code));
        var found = await server.PostAsync("/logged-models/search", new { experiment_ids = new[] { experiment }, filter = "name = 'model'" });
        Assert.Equal(model, MlflowServer.Text(Assert.Single(found["models"]!.AsArray())!["info"]!, "model_id"));
        Assert.Equal(5, (await server.ListAsync(root))["files"]!.AsArray().Count);
    }

    private static string? Value(JsonNode pairs, string key) => pairs.AsArray().SingleOrDefault(p => MlflowServer.Text(p!, "key") == key)?["value"]!.GetValue<string>();
}
