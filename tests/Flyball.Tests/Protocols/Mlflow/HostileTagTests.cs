namespace Flyball.Tests.Protocols.Mlflow;

/// <summary>Some tags hold JSON that clients write. Whatever somebody puts there, the model or run that carries it stays usable for everybody.</summary>
[Collection(MlflowTests.Name)]
public sealed class HostileTagTests(MlflowServer server)
{
    public static TheoryData<string> Texts { get; } =
    [
        """[{"name":"a","name":"b"}]""", """[{"name":"a","version":"1","version":"2"}]""", "notjson", "{}", "null", "\"x\"", "[null]", "[[[[]]]]", "[{}]", """[{"name":null}]""", """[{"name":{"a":[1]}}]""",
        """[{"name":"\ud800","version":"1"}]""", """[{"\ud800":"a"}]""", "[{\"name\":\"\u0000\"}]", "1e999", "", " ", "[", new string('[', 5000), $"[{string.Join(',', Enumerable.Repeat("{\"name\":\"n\",\"version\":\"1\"}", 400))}]",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task A_list_of_versions_that_cannot_be_read_counts_as_empty(string text)
    {
        var experiment = await server.ExperimentAsync();
        var info = (await server.PostAsync("/logged-models", new { experiment_id = experiment, name = "m" }))["model"]!["info"]!;
        var (id, source) = (MlflowServer.Text(info, "model_id"), MlflowServer.Text(info, "artifact_uri"));
        await server.PutAsync($"{source}/MLmodel", [1]);
        var name = server.Name("tagged");
        await server.PostAsync("/registered-models/create", new { name });

        await server.PatchAsync($"/logged-models/{id}/tags", new { tags = new[] { new { key = "mlflow.modelVersions", value = text } } });

        await server.GetAsync($"/logged-models/{id}");
        Assert.Single((await server.PostAsync("/logged-models/search", new { experiment_ids = new[] { experiment } }))["models"]!.AsArray());
        var made = (await server.PostAsync("/model-versions/create", new { name, source = $"models:/{id}" }))["model_version"]!;
        Assert.Equal("1", MlflowServer.Text(made, "version"));
        Assert.Single((await server.GetAsync($"/model-versions/search?filter={Uri.EscapeDataString($"name='{name}'")}"))["model_versions"]!.AsArray());
        var listed = (await server.GetAsync($"/logged-models/{id}"))["model"]!["info"]!.ToJsonString();
        Assert.Contains(name, listed, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task So_does_a_history_of_models(string text)
    {
        var run = MlflowServer.Text(await server.RunAsync("0"), "run_id");
        await server.PostAsync("/runs/set-tag", new { run_id = run, key = "mlflow.log-model.history", value = text });

        await server.PostAsync("/runs/log-model", new { run_id = run, model_json = """{"artifact_path":"m","flavors":{},"utc_time_created":"now","run_id":"r"}""" });

        Assert.Contains("utc_time_created", (await server.GetAsync($"/runs/get?run_id={run}")).ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"artifact_path":"m","artifact_path":"n","flavors":{},"utc_time_created":"now","run_id":"r"}""")]
    [InlineData("""{"artifact_path":"m","flavors":{"a":1,"a":2},"utc_time_created":"now","run_id":"r"}""")]
    [InlineData("""{"artifact_path":"\ud800","flavors":{},"utc_time_created":"now","run_id":"r"}""")]
    [InlineData("""[]""")]
    [InlineData("""notjson""")]
    public async Task A_description_of_a_model_that_cannot_be_read_is_refused_in_the_protocols_form(string model)
    {
        var run = MlflowServer.Text(await server.RunAsync("0"), "run_id");
        var (status, code, _) = await server.RefusedAsync(HttpMethod.Post, "/runs/log-model", new { run_id = run, model_json = model });
        Assert.Equal((400, "INVALID_PARAMETER_VALUE"), (status, code));
    }
}
