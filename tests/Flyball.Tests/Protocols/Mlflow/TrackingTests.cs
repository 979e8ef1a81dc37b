using System.Text.Json.Nodes;

namespace Flyball.Tests.Protocols.Mlflow;

/// <summary>Experiments, runs and what they log, in the protocol's terms.</summary>
[Collection(MlflowTests.Name)]
public sealed class TrackingTests(MlflowServer server)
{
    private static readonly HttpMethod Post = HttpMethod.Post;
    private static readonly HttpMethod Get = HttpMethod.Get;

    [Fact]
    public async Task An_empty_store_has_the_experiment_0()
    {
        var experiment = (await server.GetAsync("/experiments/get?experiment_id=0"))["experiment"]!;

        Assert.Equal(("Default", "mlflow-artifacts:/0"), (MlflowServer.Text(experiment, "name"), MlflowServer.Text(experiment, "artifact_location")));
    }

    [Fact]
    public async Task Deleting_an_experiment_deletes_its_runs_keeps_its_name_and_can_be_undone()
    {
        var name = server.Name("kept");
        var id = MlflowServer.Text(await server.PostAsync("/experiments/create", new { name, tags = new[] { new { key = "team", value = "a" } } }), "experiment_id");
        var run = MlflowServer.Text(await server.RunAsync(id), "run_id");
        await server.PostAsync("/experiments/delete", new { experiment_id = id });

        Assert.Equal("deleted", await StageAsync(run));
        Assert.Equal((400, "RESOURCE_ALREADY_EXISTS"), Short(await server.RefusedAsync(Post, "/experiments/create", new { name })));
        Assert.Equal((400, "INVALID_STATE"), Short(await server.RefusedAsync(Post, "/experiments/update", new { experiment_id = id, new_name = "x" })));
        Assert.Equal((400, "INVALID_PARAMETER_VALUE"), Short(await server.RefusedAsync(Post, "/runs/create", new { experiment_id = id })));
        Assert.Equal("deleted", MlflowServer.Text((await server.GetAsync($"/experiments/get-by-name?experiment_name={name}"))["experiment"]!, "lifecycle_stage"));
        Assert.DoesNotContain(name, (await server.GetAsync("/experiments/search?max_results=1000")).ToJsonString(), StringComparison.Ordinal);
        Assert.Contains(name, (await server.PostAsync("/experiments/search", new { max_results = 1000, view_type = "DELETED_ONLY" })).ToJsonString(), StringComparison.Ordinal);

        await server.PostAsync("/experiments/restore", new { experiment_id = id });
        Assert.Equal("active", await StageAsync(run));
        await server.PostAsync("/experiments/update", new { experiment_id = id, new_name = name + "-2" });
        await server.PostAsync("/experiments/set-experiment-tag", new { experiment_id = id, key = "stage", value = "x" });
        await server.PostAsync("/experiments/delete-experiment-tag", new { experiment_id = id, key = "team" });
        var found = await server.PostAsync("/experiments/search", new { max_results = 5, filter = $"name LIKE '{name}%' AND tags.stage = 'x'", order_by = new[] { "last_update_time DESC" } });
        Assert.Equal("""[{"key":"stage","value":"x"}]""", Assert.Single(found["experiments"]!.AsArray())!["tags"]!.ToJsonString());
    }

    [Fact]
    public async Task Pages_of_experiments_hold_each_one_once()
    {
        var prefix = server.Name("paged");
        for (var i = 0; i < 5; i++)
        {
            await server.PostAsync("/experiments/create", new { name = $"{prefix}-{i}" });
        }

        var (names, token) = (new List<string>(), (string?)null);
        do
        {
            var page = await server.PostAsync("/experiments/search", new { max_results = 2, filter = $"name LIKE '{prefix}%'", order_by = new[] { "name DESC" }, page_token = token });
            names.AddRange(page["experiments"]!.AsArray().Select(e => MlflowServer.Text(e!, "name")));
            token = page["next_page_token"]?.GetValue<string>();
        }
        while (token is not null);

        Assert.Equal(Enumerable.Range(0, 5).Select(i => $"{prefix}-{4 - i}"), names);
    }

    [Fact]
    public async Task A_parameter_is_written_once_and_a_batch_is_all_or_nothing()
    {
        var run = await NewRunAsync();
        await server.PostAsync("/runs/log-parameter", new { run_id = run, key = "k", value = "1" });
        await server.PostAsync("/runs/log-parameter", new { run_uuid = run, key = "k", value = "1" });

        var (status, code, message) = await server.RefusedAsync(Post, "/runs/log-parameter", new { run_id = run, key = "k", value = "2" });
        Assert.Equal((400, "INVALID_PARAMETER_VALUE"), (status, code));
        Assert.Equal($"Changing param values is not allowed. Param with key='k' was already logged with value='1' for run ID='{run}'. Attempted logging new value '2'.", message);
        var before = (await DataAsync(run)).ToJsonString();
        await server.RefusedAsync(Post, "/runs/log-batch", new
        {
            run_id = run, metrics = new[] { new { key = "m", value = 1, timestamp = 1 } }, tags = new[] { new { key = "t", value = "1" } },
            @params = new[] { new { key = "new", value = "1" }, new { key = "k", value = "3" } },
        });
        Assert.Equal(before, (await DataAsync(run)).ToJsonString());
        Assert.Contains("Duplicate parameter keys", (await server.RefusedAsync(Post, "/runs/log-batch", new { run_id = run, @params = new[] { new { key = "d", value = "1" }, new { key = "d", value = "1" } } })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_latest_metric_is_by_step_time_and_value_and_exact_repeats_are_one_point()
    {
        var run = await NewRunAsync();
        foreach (var (value, at, step) in (((double, long, long)[])[(5, 10, 1), (3, 20, 1), (3, 20, 1), (4, 20, 1), (9, 99, 0), (1, 5, 2)]))
        {
            await server.PostAsync("/runs/log-metric", new { run_id = run, key = "m", value, timestamp = at, step });
        }

        Assert.Equal(1, (await DataAsync(run))["metrics"]![0]!["value"]!.GetValue<double>());
        var history = (await server.GetAsync($"/metrics/get-history?run_id={run}&metric_key=m"))["metrics"]!.AsArray();
        Assert.Equal([1d, 5, 3, 4, 9], history.Select(m => m!["value"]!.GetValue<double>()));

        await server.PostAsync("/runs/log-batch", new { run_id = run, metrics = new object[] { new { key = "b", value = 2, timestamp = 1, step = 7 }, new { key = "b", value = 8, timestamp = 9, step = 3 } } });
        Assert.Equal(7, (await DataAsync(run))["metrics"]![0]!["step"]!.GetValue<long>());
    }

    [Fact]
    public async Task Histories_come_in_pages_and_intervals()
    {
        var run = await NewRunAsync();
        await server.PostAsync("/runs/log-batch", new { run_id = run, metrics = Enumerable.Range(0, 100).Select(i => new { key = "m", value = i, timestamp = 1000 - i, step = i }) });

        var (points, token) = (new List<long>(), "");
        do
        {
            var page = await server.GetAsync($"/metrics/get-history?run_id={run}&metric_key=m&max_results=30&page_token={Uri.EscapeDataString(token)}");
            points.AddRange(page["metrics"]!.AsArray().Select(m => m!["step"]!.GetValue<long>()));
            token = page["next_page_token"]?.GetValue<string>() ?? "";
        }
        while (token.Length > 0);

        Assert.Equal(Enumerable.Range(0, 100).Select(i => 99L - i), points);
        var thin = (await server.GetAsync($"/metrics/get-history-bulk-interval?run_ids={run}&metric_key=m&start_step=10&end_step=20&max_results=3"))["metrics"]!.AsArray();
        Assert.Equal([(10L, run), (15, run), (20, run)], thin.Select(m => (m!["step"]!.GetValue<long>(), MlflowServer.Text(m!, "run_id"))));
        Assert.Equal(100, (await server.GetAsync($"/ajax-api/2.0/mlflow/metrics/get-history-bulk?run_id={run}&metric_key=m"))["metrics"]!.AsArray().Count);
    }

    [Fact]
    public async Task What_is_no_number_is_kept_as_such_and_what_is_too_large_is_cut()
    {
        var run = await NewRunAsync();
        await server.PostAsync("/runs/log-metric", new { run_id = run, key = "nan", value = "NaN", timestamp = 1 });
        await server.PostAsync("/runs/log-metric", new { run_id = run, key = "inf", value = "-Infinity", timestamp = "1", step = "2" });
        await server.PostAsync("/runs/log-metric", $$"""{"run_id":"{{run}}","key":"big","value":1e999,"timestamp":1}""");

        var metrics = (await DataAsync(run))["metrics"]!.AsArray().ToDictionary(m => MlflowServer.Text(m!, "key"), m => m!["value"]!);
        Assert.Equal("NaN", metrics["nan"].GetValue<string>());
        Assert.Equal(double.MinValue, metrics["inf"].GetValue<double>());
        Assert.Equal(double.MaxValue, metrics["big"].GetValue<double>());
        var found = await server.PostAsync("/runs/search", new { experiment_ids = new[] { "0" }, filter = $"attributes.run_id = '{run}' AND metrics.nan < 1" });
        Assert.Empty(found);
    }

    [Fact]
    public async Task A_runs_name_is_its_tag()
    {
        Assert.Equal((400, "INVALID_PARAMETER_VALUE"), Short(await server.RefusedAsync(Post, "/runs/create", new { experiment_id = "0", run_name = "a", tags = new[] { new { key = "mlflow.runName", value = "b" } } })));
        var run = MlflowServer.Text(await server.RunAsync("0", "first"), "run_id");
        await server.PostAsync("/runs/set-tag", new { run_id = run, key = "mlflow.runName", value = "second" });
        Assert.Equal("second", MlflowServer.Text((await RunAsync(run))["info"]!, "run_name"));

        await server.PostAsync("/runs/update", new { run_id = run, run_name = "third", status = 4 });
        var now = await RunAsync(run);
        Assert.Equal(("third", "FAILED"), (MlflowServer.Text(now["info"]!, "run_name"), MlflowServer.Text(now["info"]!, "status")));
        Assert.Contains("""{"key":"mlflow.runName","value":"third"}""", now["data"]!["tags"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_run_takes_nothing_until_it_is_restored()
    {
        var run = await NewRunAsync();
        await server.PostAsync("/runs/delete", new { run_id = run });

        foreach (var (path, body) in (((string, object)[])[("log-metric", new { run_id = run, key = "m", value = 1, timestamp = 1 }), ("log-parameter", new { run_id = run, key = "p", value = "1" }), ("set-tag", new { run_id = run, key = "t", value = "1" }),
            ("log-batch", new { run_id = run }), ("update", new { run_id = run, status = "FINISHED" }), ("log-inputs", new { run_id = run })]))
        {
            var (status, code, message) = await server.RefusedAsync(Post, $"/runs/{path}", body);
            Assert.Equal((400, "INVALID_PARAMETER_VALUE", $"The run {run} must be in the 'active' state. Current state is deleted."), (status, code, message));
        }

        Assert.Equal("deleted", await StageAsync(run));
        await server.PostAsync("/runs/restore", new { run_id = run });
        await server.PostAsync("/runs/set-tag", new { run_id = run, key = "t", value = "1" });
        await server.PostAsync("/runs/delete-tag", new { run_id = run, key = "t" });
        Assert.Equal((404, "RESOURCE_DOES_NOT_EXIST"), Short(await server.RefusedAsync(Post, "/runs/delete-tag", new { run_id = run, key = "t" })));
    }

    [Fact]
    public async Task Datasets_inputs_and_outputs_are_noted_once()
    {
        var experiment = await server.ExperimentAsync();
        var run = MlflowServer.Text(await server.RunAsync(experiment), "run_id");
        var inputs = new
        {
            run_id = run,
            datasets = new[] { new { tags = new[] { new { key = "mlflow.data.context", value = "training" } }, dataset = new { name = "d", digest = "abc", source_type = "local", source = "{}", schema = "{\"a\":1}" } } },
        };
        await server.PostAsync("/runs/log-inputs", inputs);
        await server.PostAsync("/runs/log-inputs", inputs);

        var input = Assert.Single((await RunAsync(run))["inputs"]!["dataset_inputs"]!.AsArray())!;
        Assert.Equal("""{"tags":[{"key":"mlflow.data.context","value":"training"}],"dataset":{"name":"d","digest":"abc","source_type":"local","source":"{}","schema":"{\u0022a\u0022:1}"}}""", input.ToJsonString());
        Assert.Equal($$"""{"dataset_summaries":[{"experiment_id":"{{experiment}}","name":"d","digest":"abc","context":"training"}]}""", (await server.PostAsync("/experiments/search-datasets", new { experiment_ids = new[] { experiment } })).ToJsonString());
        Assert.Single((await server.PostAsync("/runs/search", new { experiment_ids = new[] { experiment }, filter = "dataset.context = 'training' AND datasets.name IN ('d', 'e')" }))["runs"]!.AsArray());
        Assert.Empty(await server.PostAsync("/runs/search", new { experiment_ids = new[] { experiment }, filter = "dataset.digest != 'abc'" }));
        Assert.Equal((404, "RESOURCE_DOES_NOT_EXIST"), Short(await server.RefusedAsync(Post, "/runs/outputs", new { run_id = run, models = new[] { new { model_id = "m-x" } } })));
    }

    [Theory]
    [InlineData("/runs/log-metric", """{"run_id":"RUN","value":1,"timestamp":1}""", "Missing value for required parameter 'key'. See the API docs for more information about request parameters.")]
    [InlineData("/runs/log-metric", """{"run_id":"RUN","key":"","value":1,"timestamp":1}""", "Missing value for required parameter 'key'.")]
    [InlineData("/runs/log-metric", """{"run_id":"RUN","key":"a","timestamp":1}""", "Missing value for required parameter 'value'.")]
    [InlineData("/runs/log-metric", """{"run_id":"RUN","key":"a","value":true,"timestamp":1}""", "Invalid value true for parameter 'value' supplied")]
    [InlineData("/runs/log-metric", """{"run_id":"RUN","key":"a","value":"x","timestamp":1}""", "Invalid value \"x\" for parameter 'value' supplied")]
    [InlineData("/runs/log-metric", """{"run_id":"RUN","key":"a","value":1,"timestamp":-1}""", "Invalid value -1 for parameter 'timestamp' supplied")]
    [InlineData("/runs/log-metric", """{"run_id":"RUN","key":"a","value":1,"timestamp":1.5}""", "Invalid value 1.5 for parameter 'timestamp' supplied")]
    [InlineData("/runs/log-metric", """{"run_id":"RUN","key":"../a","value":1,"timestamp":1}""", "Invalid value \"../a\" for parameter 'key' supplied")]
    [InlineData("/runs/log-metric", """{"run_id":"RUN","key":"a#b","value":1,"timestamp":1}""", "Invalid value \"a#b\" for parameter 'key' supplied")]
    [InlineData("/runs/log-metric", """{"run_id":"RUN","key":"/a","value":1,"timestamp":1}""", "Invalid value \"/a\" for parameter 'key' supplied")]
    [InlineData("/runs/log-batch", """{"run_id":"RUN","metrics":[{"key":"a","timestamp":1}]}""", "Missing value for required parameter 'metrics[0].value'.")]
    [InlineData("/runs/log-batch", """{"run_id":"RUN","metrics":[{"key":"a","value":1,"timestamp":1},{"key":"a","value":"x","timestamp":1}]}""", "Invalid value \"x\" for parameter 'metrics[1].value' supplied")]
    [InlineData("/runs/log-batch", """{"run_id":"RUN","metrics":{"key":"a"}}""", "Invalid value {\"key\":\"a\"} for parameter 'metrics' supplied")]
    [InlineData("/runs/log-batch", """{"run_id":"RUN","tags":[{"value":"x"}]}""", "Missing value for required parameter 'tags[0].key'.")]
    [InlineData("/runs/log-batch", """{"run_id":["RUN"]}""", "Invalid value [")]
    [InlineData("/runs/log-batch", """{"run_id":7}""", "Invalid value 7 for parameter 'run_id' supplied")]
    [InlineData("/runs/log-batch", "{not json", "Missing value for required parameter 'run_id'.")]
    [InlineData("/runs/log-batch", "[]", "Missing value for required parameter 'run_id'.")]
    [InlineData("/runs/log-batch", """{"run_id":"RUN","params":[{"key":"\ud800","value":"1"}]}""", "Invalid value")]
    [InlineData("/runs/log-model", """{"run_id":"RUN","model_json":"{"}""", "Malformed model info.")]
    [InlineData("/runs/log-model", """{"run_id":"RUN","model_json":"{}"}""", "Model json is missing mandatory fields")]
    [InlineData("/runs/update", """{"run_id":"RUN","status":"DONE"}""", "Invalid value \"DONE\" for parameter 'status' supplied")]
    [InlineData("/runs/search", """{"experiment_ids":["0"],"max_results":0}""", "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer")]
    [InlineData("/runs/search", """{"experiment_ids":["0"],"max_results":50001}""", "Invalid value 50001 for parameter 'max_results' supplied.")]
    [InlineData("/runs/search", """{"experiment_ids":["0"],"filter":"metrics.a ~ 1"}""", "Invalid filter, at character 11")]
    [InlineData("/runs/search", """{"experiment_ids":["0"],"page_token":"x"}""", "Invalid page token")]
    [InlineData("/experiments/search", "{}", "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer")]
    [InlineData("/experiments/create", "{}", "Missing value for required parameter 'name'.")]
    [InlineData("/experiments/delete", """{"experiment_id":"a/b"}""", "Invalid value \"a/b\" for parameter 'experiment_id' supplied")]
    public async Task What_is_missing_or_wrong_is_named(string path, string body, string message)
    {
        var run = await NewRunAsync();

        var refused = await server.RefusedAsync(Post, path, body.Replace("RUN", run, StringComparison.Ordinal));

        Assert.Equal((400, "INVALID_PARAMETER_VALUE"), (refused.Status, refused.Code));
        Assert.StartsWith(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_much_at_once_is_refused()
    {
        var run = await NewRunAsync();
        Task<(int, string)> BatchAsync(int metrics, int given, int tags) => ShortAsync(server.RefusedAsync(Post, "/runs/log-batch", new
        {
            run_id = run,
            metrics = Enumerable.Range(0, metrics).Select(i => new { key = $"m{i}", value = 1, timestamp = 1 }),
            @params = Enumerable.Range(0, given).Select(i => new { key = $"p{i}", value = "1" }),
            tags = Enumerable.Range(0, tags).Select(i => new { key = $"t{i}", value = "1" }),
        }));

        foreach (var (metrics, given, tags) in (((int, int, int)[])[(1001, 0, 0), (0, 101, 0), (0, 0, 101), (901, 100, 0)]))
        {
            Assert.Equal((400, "INVALID_PARAMETER_VALUE"), await BatchAsync(metrics, given, tags));
        }

        Assert.Equal((400, "INVALID_PARAMETER_VALUE"), Short(await server.RefusedAsync(Post, "/runs/log-batch", new { run_id = run, tags = new[] { new { key = "t", value = new string('x', 1_000_000) } } })));
        Assert.Equal((400, "INVALID_PARAMETER_VALUE"), Short(await server.RefusedAsync(Post, "/runs/set-tag", new { run_id = run, key = new string('k', 251), value = "1" })));
        await server.PostAsync("/runs/log-parameter", new { run_id = run, key = "long", value = new string('v', 7_000) });
        Assert.Equal(6_000, MlflowServer.Text((await DataAsync(run))["params"]![0]!, "value").Length);
    }

    [Fact]
    public async Task What_is_not_there_is_told_so()
    {
        Assert.Equal((404, "RESOURCE_DOES_NOT_EXIST", "Run with id=ffff not found"), await server.RefusedAsync(Get, "/runs/get?run_id=ffff"));
        Assert.Equal((404, "RESOURCE_DOES_NOT_EXIST", "No Experiment with id=999999 exists"), await server.RefusedAsync(Get, "/experiments/get?experiment_id=999999"));
        Assert.Equal((404, "ENDPOINT_NOT_FOUND"), Short(await server.RefusedAsync(Get, "/no/such")));
        Assert.Equal((404, "ENDPOINT_NOT_FOUND"), Short(await server.RefusedAsync(Post, "/api/3.0/mlflow/traces", new { })));
        Assert.Equal((404, "ENDPOINT_NOT_FOUND"), Short(await server.RefusedAsync(Get, "/ajax-api/2.0/mlflow/runs/create")));
        Assert.Equal("""{"store_type":"SqlStore","workspaces_enabled":false}""", (await server.GetAsync("/api/3.0/mlflow/server-info")).ToJsonString());
    }

    [Fact]
    public async Task A_text_in_json_numbers_as_ids_and_unknown_members_are_understood()
    {
        var inner = System.Text.Json.JsonSerializer.Serialize(new { experiment_id = 0, user_id = "ann", of_the_future = new[] { 1 } });

        var run = await server.PostAsync("/runs/create", System.Text.Json.JsonSerializer.Serialize(inner));

        Assert.Equal("0", MlflowServer.Text(run["run"]!["info"]!, "experiment_id"));
    }

    [Fact]
    public async Task A_creation_sent_again_with_its_key_is_answered_with_the_first()
    {
        (string, string)[] key = [("Idempotency-Key", server.Name("key"))];
        var body = new { experiment_id = "0", user_id = "ann", start_time = 5 };
        var first = (await server.SendAsync(Post, "/runs/create", body, key)).Answer["run"]!["info"]!;
        var second = (await server.SendAsync(Post, "/runs/create", body, key)).Answer["run"]!["info"]!;

        Assert.Equal(MlflowServer.Text(first, "run_id"), MlflowServer.Text(second, "run_id"));
        Assert.Equal(400, (await server.SendAsync(Post, "/runs/create", new { experiment_id = "0", user_id = "ben" }, key)).Status);
        var name = server.Name("once");
        var id = (await server.SendAsync(Post, "/experiments/create", new { name }, key)).Answer["experiment_id"]!.GetValue<string>();
        Assert.Equal(id, (await server.SendAsync(Post, "/experiments/create", new { name }, key)).Answer["experiment_id"]!.GetValue<string>());
    }

    [Fact]
    public async Task Logged_models_are_found_by_what_was_measured_on_them()
    {
        var experiment = await server.ExperimentAsync();
        var run = MlflowServer.Text(await server.RunAsync(experiment), "run_id");
        var ids = new List<string>();
        foreach (var (name, auc, dataset) in (((string, double, string)[])[("a", 0.7, "train"), ("b", 0.9, "test"), ("c", 0.8, "test")]))
        {
            var id = MlflowServer.Text((await server.PostAsync("/logged-models", new { experiment_id = experiment, name, source_run_id = run }))["model"]!["info"]!, "model_id");
            await server.PostAsync("/runs/log-metric", new { run_id = run, key = "auc", value = auc, timestamp = 1, model_id = id, dataset_name = dataset, dataset_digest = "x" });
            await server.PostAsync($"/logged-models/{id}/params", new { @params = new[] { new { key = "p", value = name } } });
            ids.Add(id);
        }

        var found = await server.PostAsync("/logged-models/search", new { experiment_ids = new[] { experiment }, filter = "metrics.auc > 0.75 AND params.p IN ('a', 'b', 'c')", order_by = new[] { new { field_name = "metrics.auc", ascending = false } } });
        Assert.Equal([ids[1], ids[2]], found["models"]!.AsArray().Select(m => MlflowServer.Text(m!["info"]!, "model_id")));
        Assert.Equal(0.9, found["models"]![0]!["data"]!["metrics"]![0]!["value"]!.GetValue<double>());
        Assert.Empty(await server.PostAsync("/logged-models/search", new { experiment_ids = new[] { experiment }, filter = "metrics.auc > 0.75", datasets = new[] { new { dataset_name = "train" } } }));

        await server.DeleteAsync($"/logged-models/{ids[0]}");
        Assert.Equal((404, "RESOURCE_DOES_NOT_EXIST"), Short(await server.RefusedAsync(Get, $"/logged-models/{ids[0]}")));
        await server.PatchAsync($"/logged-models/{ids[1]}/tags", new { tags = new[] { new { key = "a.b", value = "1" } } });
        await server.DeleteAsync($"/logged-models/{ids[1]}/tags/a.b");
        Assert.Equal((400, "INVALID_PARAMETER_VALUE"), Short(await server.RefusedAsync(HttpMethod.Patch, $"/logged-models/{ids[1]}", new { status = "LOGGED_MODEL_PENDING" })));
        Assert.Equal((400, "INVALID_PARAMETER_VALUE"), Short(await server.RefusedAsync(Post, "/logged-models", new { experiment_id = experiment, name = "a/b" })));
    }

    [Fact]
    public async Task Artifacts_are_listed_by_folder_sent_in_parts_and_deleted()
    {
        var info = await server.RunAsync("0");
        var (id, uri) = (MlflowServer.Text(info, "run_id"), MlflowServer.Text(info, "artifact_uri"));
        foreach (var file in (string[])["a-b", "a/x/1", "a/x/2", "a/y z.txt", "b.txt"])
        {
            await server.PutAsync($"{uri}/{file}", "0123456789"u8.ToArray());
        }

        Assert.Equal("""[{"path":"a","is_dir":true},{"path":"a-b","is_dir":false,"file_size":10},{"path":"b.txt","is_dir":false,"file_size":10}]""", (await server.ListAsync(uri))["files"]!.ToJsonString());
        var listed = await server.GetAsync($"/artifacts/list?run_id={id}&path=a");
        Assert.Equal(uri, MlflowServer.Text(listed, "root_uri"));
        Assert.Equal("""[{"path":"a/x","is_dir":true},{"path":"a/y z.txt","is_dir":false,"file_size":10}]""", listed["files"]!.ToJsonString());

        var (whole, tag) = await PartAsync($"{uri}/b.txt", null, null);
        Assert.Equal((200, "0123456789"), whole);
        Assert.Equal((206, "234"), (await PartAsync($"{uri}/b.txt", "bytes=2-4", null)).Part);
        Assert.Equal((206, "789"), (await PartAsync($"{uri}/b.txt", "bytes=-3", null)).Part);
        Assert.Equal((206, "9"), (await PartAsync($"{uri}/b.txt", "bytes=9-100", null)).Part);
        Assert.Equal((416, ""), (await PartAsync($"{uri}/b.txt", "bytes=10-", null)).Part);
        Assert.Equal((304, ""), (await PartAsync($"{uri}/b.txt", null, tag)).Part);
        await server.DeleteAsync(MlflowServer.FileOf($"{uri}/a"));
        Assert.Equal(["a-b", "b.txt"], (await server.ListAsync(uri))["files"]!.AsArray().Select(f => MlflowServer.Text(f!, "path")));
        var parts = await server.RefusedAsync(Post, "/api/2.0/mlflow-artifacts/mpu/create/x", new { path = "x", num_parts = 2 });
        Assert.Equal((501, "NOT_IMPLEMENTED"), (parts.Status, parts.Code));
        Assert.StartsWith("Multipart upload is not supported for the current artifact repository", parts.Message, StringComparison.Ordinal);
    }

    private static (int, string) Short((int Status, string Code, string Message) refused) => (refused.Status, refused.Code);

    private static async Task<(int, string)> ShortAsync(Task<(int Status, string Code, string Message)> refused) => Short(await refused);

    private async Task<((int Status, string Content) Part, string Tag)> PartAsync(string uri, string? range, string? tag)
    {
        using var request = new HttpRequestMessage(Get, new Uri(MlflowServer.FileOf(uri), UriKind.Relative));
        if (range is not null)
        {
            request.Headers.TryAddWithoutValidation("Range", range);
        }

        if (tag is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        }

        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)), response.Headers.ETag?.ToString() ?? "");
    }

    private async Task<string> NewRunAsync() => MlflowServer.Text(await server.RunAsync("0"), "run_id");

    private async Task<JsonNode> RunAsync(string id) => (await server.GetAsync($"/runs/get?run_id={id}"))["run"]!;

    private async Task<JsonNode> DataAsync(string id) => (await RunAsync(id))["data"]!;

    private async Task<string> StageAsync(string id) => MlflowServer.Text((await RunAsync(id))["info"]!, "lifecycle_stage");
}
