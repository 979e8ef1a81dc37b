using System.Text.Json.Nodes;

namespace Flyball.Tests.Protocols.Mlflow;

/// <summary>Registered models and versions in the protocol's terms.</summary>
[Collection(MlflowTests.Name)]
public sealed class RegistryTests(MlflowServer server)
{
    private static readonly HttpMethod Post = HttpMethod.Post;
    private static readonly HttpMethod Get = HttpMethod.Get;

    [Fact]
    public async Task Versions_count_up_and_a_number_never_comes_again()
    {
        var name = await ModelAsync();
        Assert.Equal(["1", "2"], [await VersionAsync(name), await VersionAsync(name)]);
        await server.DeleteAsync("/model-versions/delete", new { name, version = "2" });

        Assert.Equal("3", await VersionAsync(name));
        Assert.Equal((404, "RESOURCE_DOES_NOT_EXIST", $"Model Version (name={name}, version=2) not found"), await server.RefusedAsync(Get, $"/model-versions/get?name={name}&version=2"));
        Assert.Equal((400, "INVALID_PARAMETER_VALUE", "Parameter 'version' must be an integer, got 'x'."), await server.RefusedAsync(Get, $"/model-versions/get?name={name}&version=x"));
        var found = await server.GetAsync($"/model-versions/search?filter={Uri.EscapeDataString($"name='{name}'")}&order_by=version_number%20ASC");
        Assert.Equal(["1", "3"], found["model_versions"]!.AsArray().Select(v => MlflowServer.Text(v!, "version")));
        await server.DeleteAsync("/registered-models/delete", new { name });
        Assert.Equal((404, "RESOURCE_DOES_NOT_EXIST", $"Registered Model with name={name} not found"), await server.RefusedAsync(Get, $"/registered-models/get?name={name}"));
    }

    [Fact]
    public async Task An_alias_moves_and_a_missing_one_is_an_invalid_value()
    {
        var name = await ModelAsync();
        await VersionAsync(name);
        await VersionAsync(name);
        await server.PostAsync("/registered-models/alias", new { name, alias = "champion", version = "1" });
        await server.PostAsync("/registered-models/alias", new { name, alias = "champion", version = 2 });

        Assert.Equal("2", await AliasedAsync(name, "champion"));
        Assert.Equal("2", await AliasedAsync(name, "latest"));
        Assert.Equal((400, "INVALID_PARAMETER_VALUE", "Registered model alias none not found."), await server.RefusedAsync(Get, $"/registered-models/alias?name={name}&alias=none"));
        Assert.Equal((400, "INVALID_PARAMETER_VALUE", "Registered model alias x not found."), await server.RefusedAsync(Get, "/registered-models/alias?name=nobody&alias=x"));
        foreach (var alias in (string[])["latest", "LATEST", "v1", "V22", "a b", "a/b"])
        {
            var refused = await server.RefusedAsync(Post, "/registered-models/alias", new { name, alias, version = "1" });
            Assert.Equal((400, "INVALID_PARAMETER_VALUE"), (refused.Status, refused.Code));
        }

        Assert.Equal(404, (await server.RefusedAsync(Post, "/registered-models/alias", new { name, alias = "a", version = "9" })).Status);
        Assert.Equal(409, (await server.SendAsync(Post, "/registered-models/alias", new { name, alias = "champion", version = "1" }, ("If-Match", "\"1\""))).Status);
        Assert.Equal(200, (await server.SendAsync(Post, "/registered-models/alias", new { name, alias = "champion", version = "1" }, ("If-Match", "\"2\""))).Status);
        await server.DeleteAsync("/registered-models/alias", new { name, alias = "champion" });
        await server.DeleteAsync("/registered-models/alias", new { name, alias = "champion" });
        Assert.Equal(400, (await server.RefusedAsync(Get, $"/registered-models/alias?name={name}&alias=champion")).Status);
    }

    [Fact]
    public async Task Deleting_a_version_takes_its_alias_along()
    {
        var name = await ModelAsync();
        await VersionAsync(name);
        await server.PostAsync("/registered-models/alias", new { name, alias = "champion", version = "1" });

        await server.DeleteAsync("/model-versions/delete", new { name, version = "1" });

        Assert.False((await server.GetAsync($"/registered-models/get?name={name}"))["registered_model"]!.AsObject().ContainsKey("aliases"));
    }

    [Fact]
    public async Task Stages_come_in_any_case_and_archiving_is_part_of_the_move()
    {
        var name = await ModelAsync();
        await VersionAsync(name);
        await VersionAsync(name);
        var moved = await server.PostAsync("/model-versions/transition-stage", new { name, version = "1", stage = "production", archive_existing_versions = false });
        Assert.Equal("Production", MlflowServer.Text(moved["model_version"]!, "current_stage"));
        await server.PostAsync("/model-versions/transition-stage", new { name, version = "2", stage = "Production", archive_existing_versions = true });

        var latest = (await server.GetAsync($"/registered-models/get-latest-versions?name={name}&stages=Production&stages=archived"))["model_versions"]!.AsArray();
        Assert.Equal([("2", "Production"), ("1", "Archived")], latest.Select(v => (MlflowServer.Text(v!, "version"), MlflowServer.Text(v!, "current_stage"))));
        foreach (var body in (object[])[new { name, version = "1", stage = "Canary", archive_existing_versions = false }, new { name, version = "1", stage = "Staging" }, new { name, version = "1", stage = "None", archive_existing_versions = true }])
        {
            Assert.Equal(400, (await server.RefusedAsync(Post, "/model-versions/transition-stage", body)).Status);
        }
    }

    [Fact]
    public async Task Names_that_break_a_uri_are_refused_and_others_are_taken_once()
    {
        foreach (var bad in (string[])["a/b", "a:b", ".", "..", "a\\b", "a%b", " "])
        {
            var refused = await server.RefusedAsync(Post, "/registered-models/create", new { name = bad });
            Assert.Equal((400, "INVALID_PARAMETER_VALUE"), (refused.Status, refused.Code));
        }

        var name = await ModelAsync();
        var to = server.Name("renamed");
        Assert.Equal(to, MlflowServer.Text((await server.PostAsync("/registered-models/rename", new { name, new_name = to }))["registered_model"]!, "name"));
        Assert.Equal((400, "RESOURCE_ALREADY_EXISTS"), ShortOf(await server.RefusedAsync(Post, "/registered-models/create", new { name = to })));
    }

    [Fact]
    public async Task Tags_and_descriptions_are_kept_and_searched_and_prompts_stand_aside()
    {
        var name = await ModelAsync();
        await VersionAsync(name);
        await server.PatchAsync("/registered-models/update", new { name, description = "of the team" });
        await server.PostAsync("/registered-models/set-tag", new { name, key = "team", value = "risk" });
        await server.PatchAsync("/model-versions/update", new { name, version = "1", description = "first" });
        await server.PostAsync("/model-versions/set-tag", new { name, version = "1", key = "checked", value = "yes" });
        var prompt = server.Name("prompt");
        await server.PostAsync("/registered-models/create", new { name = prompt, tags = new[] { new { key = "mlflow.prompt.is_prompt", value = "true" } } });
        await server.PostAsync("/model-versions/create", new { name = prompt, source = "dummy-source", tags = new[] { new { key = "mlflow.prompt.text", value = "Say {{x}}" } } });

        var model = (await server.GetAsync($"/registered-models/get?name={name}"))["registered_model"]!;
        Assert.Equal(("of the team", "first"), (MlflowServer.Text(model, "description"), MlflowServer.Text(model["latest_versions"]![0]!, "description")));
        Assert.Equal([name], await ModelsAsync($"tags.team = 'risk' AND name = '{name}'"));
        Assert.Equal([name], await ModelsAsync($"name = '{name}' AND tag.`mlflow.prompt.is_prompt` != 'true'"));
        Assert.Empty(await ModelsAsync($"name = '{prompt}'"));
        Assert.Empty(await ModelsAsync($"name = '{prompt}' AND tag.`mlflow.prompt.is_prompt` != 'true'"));
        Assert.Equal([prompt], await ModelsAsync($"name = '{prompt}' AND tag.`mlflow.prompt.is_prompt` = 'true'"));
        Assert.Single((await server.GetAsync($"/model-versions/search?filter={Uri.EscapeDataString($"name='{name}' AND tags.checked LIKE 'y%' AND version_number >= '1'")}"))["model_versions"]!.AsArray());
        await server.DeleteAsync("/registered-models/delete-tag", new { name, key = "team" });
        await server.DeleteAsync("/model-versions/delete-tag", new { name, version = "1", key = "checked" });
        Assert.Empty(await ModelsAsync("tags.team = 'risk'"));
    }

    [Fact]
    public async Task Pages_of_models_hold_each_one_once()
    {
        var prefix = server.Name("many");
        foreach (var i in Enumerable.Range(0, 5))
        {
            await server.PostAsync("/registered-models/create", new { name = $"{prefix}-{i}" });
        }

        var (names, token) = (new List<string>(), "");
        do
        {
            var page = await server.GetAsync($"/registered-models/search?filter={Uri.EscapeDataString($"name LIKE '{prefix}%'")}&max_results=2&order_by=name%20DESC&page_token={Uri.EscapeDataString(token)}");
            names.AddRange(page["registered_models"]!.AsArray().Select(m => MlflowServer.Text(m!, "name")));
            token = page["next_page_token"]?.GetValue<string>() ?? "";
        }
        while (token.Length > 0);

        Assert.Equal(Enumerable.Range(0, 5).Select(i => $"{prefix}-{4 - i}"), names);
        Assert.Equal(400, (await server.RefusedAsync(Get, "/registered-models/search?max_results=1001")).Status);
    }

    [Fact]
    public async Task A_version_is_made_of_another_version_of_a_run_or_of_a_folder()
    {
        var name = await ModelAsync();
        var info = await server.RunAsync("0");
        var (run, root) = (MlflowServer.Text(info, "run_id"), MlflowServer.Text(info, "artifact_uri"));
        await server.PutAsync($"{root}/model/data/weights.bin", [1, 2, 3]);
        await server.PutAsync($"{root}/model/MLmodel", [4]);

        foreach (var source in (string[])[$"{root}/model", $"runs:/{run}/model", $"models:/{name}/1"])
        {
            var version = (await server.PostAsync("/model-versions/create", new { name, source }))["model_version"]!;
            var uri = MlflowServer.Text(await server.GetAsync($"/model-versions/get-download-uri?name={name}&version={MlflowServer.Text(version, "version")}"), "artifact_uri");
            Assert.Equal("""[{"path":"MLmodel","is_dir":false,"file_size":1},{"path":"data","is_dir":true}]""", (await server.ListAsync(uri))["files"]!.ToJsonString());
            Assert.Equal("""[{"path":"weights.bin","is_dir":false,"file_size":3}]""", (await server.ListAsync($"{uri}/data"))["files"]!.ToJsonString());
            Assert.Equal([1, 2, 3], await server.FileAsync($"{uri}/data/weights.bin"));
        }

        await server.DeleteAsync(MlflowServer.FileOf($"{root}/model"));
        using var response = await server.Client.GetAsync(new Uri($"/model-versions/get-artifact?name={name}&version=1&path=data%2Fweights.bin", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal([1, 2, 3], await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(404, (await server.RefusedAsync(Post, "/model-versions/create", new { name, source = $"models:/{name}/99" })).Status);
    }

    [Fact]
    public async Task A_creation_sent_again_with_its_key_is_the_same_version()
    {
        var name = await ModelAsync();
        var source = MlflowServer.Text(await server.RunAsync("0"), "artifact_uri");
        (string, string)[] key = [("Idempotency-Key", server.Name("key"))];
        foreach (var _ in (int[])[1, 2])
        {
            var (status, answer) = await server.SendAsync(Post, "/model-versions/create", new { name, source }, key);
            Assert.Equal((200, "1"), (status, MlflowServer.Text(answer["model_version"]!, "version")));
        }

        Assert.Equal("2", await VersionAsync(name));
    }

    private static (int, string) ShortOf((int Status, string Code, string Message) refused) => (refused.Status, refused.Code);

    private async Task<string> ModelAsync() => MlflowServer.Text((await server.PostAsync("/registered-models/create", new { name = server.Name("model") }))["registered_model"]!, "name");

    private async Task<string> VersionAsync(string name)
    {
        var run = await server.RunAsync("0");
        return MlflowServer.Text((await server.PostAsync("/model-versions/create", new { name, source = MlflowServer.Text(run, "artifact_uri"), run_id = MlflowServer.Text(run, "run_id") }))["model_version"]!, "version");
    }

    private async Task<string> AliasedAsync(string name, string alias) =>
        MlflowServer.Text((await server.GetAsync($"/registered-models/alias?name={name}&alias={alias}"))["model_version"]!, "version");

    private async Task<IEnumerable<string>> ModelsAsync(string filter)
    {
        var found = await server.GetAsync($"/registered-models/search?filter={Uri.EscapeDataString(filter)}");
        return found["registered_models"] is JsonArray models ? models.Select(m => MlflowServer.Text(m!, "name")) : [];
    }
}
