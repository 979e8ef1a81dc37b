using System.Text.Json.Nodes;
using Flyball.Tests.Training.Outside;

namespace Flyball.Tests.Registry.Judging;

[Collection(JudgeTests.Name)]
public sealed class JudgeRoutesTests(JudgeServer server)
{
    private static readonly HttpMethod Post = HttpMethod.Post;
    private static readonly HttpMethod Get = HttpMethod.Get;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_logged_booster_goes_the_whole_way_and_stands_beside_other_versions()
    {
        var version = await server.LogBoosterAsync("m");
        var path = $"/v1/models/m/versions/{version}";
        Assert.Equal("unjudged", Text(await server.GoodAsync(Get, path), "state"));
        var named = await server.SendAsync(Post, "/api/2.0/mlflow/registered-models/alias", new { name = "m", alias = "champion", version = $"{version}" });
        Assert.Equal((409, "RESOURCE_CONFLICT"), (named.Status, Text(named.Answer, "error_code")));
        Assert.Contains($"flyball models judge m@{version}", Text(named.Answer, "message"), StringComparison.Ordinal);
        Assert.Equal(409, (await server.SendAsync(Post, $"{path}/stage", new { stage = "Production" })).Status);

        // Two that ask at the same time: one run, one decision.
        var judged = await Task.WhenAll(server.GoodAsync(Post, $"{path}/judge", actor: "cleo"), server.GoodAsync(Post, $"{path}/judge", actor: "dora"));
        Assert.Equal([Text(judged[0], "run_id"), Text(judged[0], "digest")], [Text(judged[1], "run_id"), Text(judged[1], "digest")]);
        Assert.Equal((version, "registered"), (judged[0]["model_version"]!.GetValue<int>(), Text(judged[0], "state")));
        Assert.All(judged[0]["gates"]!.AsArray(), g => Assert.True(g!["ok"]!.GetValue<bool>(), g.ToJsonString()));
        Assert.Single(await AuditAsync("version.judge"), e => (string?)e!["object_id"] == $"m/{version}");
        Assert.True((await server.GoodAsync(Post, $"{path}/judge"))["cached"]!.GetValue<bool>());

        Assert.Equal((409, "FLY3201"), ShortOf(await server.RefusedAsync(Post, $"{path}/approve", new { reason = "mine" }, "ann")));
        Assert.Equal((409, "FLY3209"), ShortOf(await server.RefusedAsync(Post, $"{path}/promote")));
        await server.GoodAsync(Post, $"{path}/approve", new { reason = "the gates hold" }, "bob");
        await server.GoodAsync(Post, $"{path}/promote", new { reason = "first" }, "bob");
        Assert.Equal(version, await PredictedAsync());
        await LoadAsync(version);

        await server.GoodAsync(Get, $"{path}/lineage");
        Assert.Contains("model.json", (await server.SendAsync(Get, $"{path}/card")).Answer.ToJsonString(), StringComparison.Ordinal);
        var ready = await server.GoodAsync(Get, $"/v1/models/m/versions/{version}/readiness");
        Assert.Contains(Text(judged[0], "run_id"), ready.ToJsonString(), StringComparison.Ordinal);

        await GoBackAsync(version);
        await AFailedGateAsync();
    }

    [Fact]
    public async Task What_cannot_be_judged_says_what_to_do()
    {
        var unknown = await server.LogAsync("nobody", ("MLmodel", JudgeServer.Described(columns: ["age", "income"])), ("model.json", server.Booster));
        var refused = await server.RefusedAsync(Post, $"/v1/models/nobody/versions/{unknown}/judge");
        Assert.Equal((422, "FLY3390"), ShortOf(refused));
        Assert.Contains("models/nobody.yaml with the features age, income", refused.Text, StringComparison.Ordinal);

        var pickle = await server.LogAsync("m", ("MLmodel", JudgeServer.Described("sklearn", "model.pkl")), ("model.pkl", [0x80, 4]));
        refused = await server.RefusedAsync(Post, $"/v1/models/m/versions/{pickle}/judge");
        Assert.Equal((422, "FLY3391"), ShortOf(refused));
        Assert.Contains("model.pkl. A pickle is never opened", refused.Text, StringComparison.Ordinal);
        Assert.Equal("unjudged", Text(await server.GoodAsync(Get, $"/v1/models/m/versions/{pickle}"), "state"));

        var other = await server.LogAsync("m", ("MLmodel", JudgeServer.Described(columns: ["n", "x", "big"])), ("model.json", server.Booster));
        refused = await server.RefusedAsync(Post, $"/v1/models/m/versions/{other}/judge");
        Assert.Equal((422, "FLY3392"), ShortOf(refused));
        Assert.Contains("elsewhere in the order: n, x", refused.Text, StringComparison.Ordinal);
        Assert.Equal((404, "FLY4004"), ShortOf(await server.RefusedAsync(Post, "/v1/models/m/versions/999/judge")));
    }

    /// <summary>As a client loads <c>models:/m@champion</c>.</summary>
    private async Task LoadAsync(int version)
    {
        const string api = "/api/2.0/mlflow";
        var found = (await server.GoodAsync(Get, $"{api}/registered-models/alias?name=m&alias=champion"))["model_version"]!;
        Assert.Equal(($"{version}", "Production"), (Text(found, "version"), Text(found, "current_stage")));
        var uri = Text(await server.GoodAsync(Get, $"{api}/model-versions/get-download-uri?name=m&version={version}"), "artifact_uri");
        var files = (await server.GoodAsync(Get, $"/api/2.0/mlflow-artifacts/artifacts?path={Uri.EscapeDataString(uri["mlflow-artifacts:/".Length..])}"))["files"]!.AsArray();
        Assert.Equal(["MLmodel", "model.json", "requirements.txt"], files.Select(f => Text(f!, "path")));
        Assert.Equal(server.Booster, await server.Client.GetByteArrayAsync(new Uri(JudgeServer.FileOf($"{uri}/model.json"), UriKind.Relative), Stop));
    }

    private async Task GoBackAsync(int outside)
    {
        var other = await server.BundleAsync("m", 1);
        await server.GoodAsync(Post, $"/v1/models/m/versions/{other}/promote", new { reason = "newer" }, "bob");
        Assert.Equal((other, outside, other), await StandingAsync());
        await server.GoodAsync(Post, "/v1/models/m/rollback", new { reason = "the newer one is worse" }, "bob");
        Assert.Equal((outside, other, outside), await StandingAsync());
    }

    /// <summary>A tree on a column that tells nothing.</summary>
    private async Task AFailedGateAsync()
    {
        var bad = await server.LogAsync("m", ("MLmodel", JudgeServer.Described("onnx", "model.onnx")), ("model.onnx", ClassifierOnnx.Tree(3, 1)));
        var judged = await server.GoodAsync(Post, $"/v1/models/m/versions/{bad}/judge", actor: "cleo");
        Assert.Equal("refused", Text(judged, "state"));
        Assert.Contains(judged["gates"]!.AsArray(), g => Text(g!, "gate") == "roc_auc >= 0.7" && !g!["ok"]!.GetValue<bool>());
        Assert.Equal((409, "FLY3202"), ShortOf(await server.RefusedAsync(Post, $"/v1/models/m/versions/{bad}/approve", new { reason = "please" }, "bob")));
        Assert.Equal(409, (await server.RefusedAsync(Post, $"/v1/models/m/versions/{bad}/promote", actor: "bob")).Status);
        Assert.NotEqual(bad, (await StandingAsync()).Champion);
    }

    private async Task<(int Champion, int Previous, int Answers)> StandingAsync()
    {
        var model = await server.GoodAsync(Get, "/v1/models/m");
        return (model["champion"]!.GetValue<int>(), model["previous"]!.GetValue<int>(), await PredictedAsync());
    }

    private async Task<int> PredictedAsync() => (await server.GoodAsync(Post, "/v1/models/m/predict", Flyball.Tests.Training.Tasks.TaskWorld.Row(7)))["version"]!.GetValue<int>();

    private async Task<List<JsonNode?>> AuditAsync(string action) =>
        [.. (await server.GoodAsync(Get, "/v1/audit?limit=1000"))["entries"]!.AsArray().Where(e => (string?)e!["action"] == action)];

    private static (int, string) ShortOf((int Status, string Codes, string Text) refused) => (refused.Status, refused.Codes);

    private static string Text(JsonNode node, string member) => node[member]!.GetValue<string>();
}
