using System.Text.Json.Nodes;
using Flyball.EndToEnd.Tests.Programs;

namespace Flyball.EndToEnd.Tests.CommandLine;

/// <summary>Versions that were really trained, judged again while another one serves.</summary>
public sealed class RejudgeCommandTests(DeployedShop shop)
{
    [Fact]
    public async Task A_candidate_is_judged_again_beside_the_champion_of_now()
    {
        using var folder = new TemporaryFolder();
        var (project, data) = (folder.Copy(shop.Project, "project"), folder.Copy(shop.Data, "data"));
        var model = Path.Combine(project, "models", "shop.yaml");
        await using var server = await FlyballServer.StartAsync(project, data);
        await TrainAsync(server, model, "rounds: 20", "rounds: 14", "  - roc_auc >= champion - 0.1");
        await TrainAsync(server, model, "rounds: 14", "rounds: 17", null);
        await ExpectAsync(server, 200, "/v1/models/shop/versions/2/approve", """{"reason":"the gates hold"}""");
        await ExpectAsync(server, 200, "/v1/models/shop/deploy", """{"version":2}""");
        var beside = await ExpectAsync(server, 409, "/v1/models/shop/versions/3/approve", """{"reason":"the gates held beside the first"}""");

        var run = (await FlyballProgram.RunAsync("models", "rejudge", "shop@3", "--reason", "the champion moved", "--project", project, "--data", data, "--json")).WithoutStackTrace();
        var again = (await FlyballProgram.RunAsync("models", "rejudge", "shop@3", "--project", project, "--data", data, "--json")).WithoutStackTrace();
        var champion = (await FlyballProgram.RunAsync("models", "rejudge", "shop@2", "--project", project, "--data", data, "--json")).WithoutStackTrace();

        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        Assert.All(run.Document["gates"]!.AsArray(), g => Assert.True((bool)g!["ok"]!, g.ToJsonString()));
        Assert.Contains(run.Document["gates"]!.AsArray(), g => ((string)g!["gate"]!).Contains("champion", StringComparison.Ordinal));
        Assert.Equal(3, (int)run.Document["model_version"]!);
        Assert.Contains("flyball models rejudge shop@3", beside.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(0, again.ExitCode);
        Assert.NotEqual((string)run.Document["run_id"]!, (string)again.Document["run_id"]!);
        Assert.Equal((string)run.Document["digest"]!, (string)again.Document["digest"]!);
        Assert.Equal(2, champion.ExitCode);
        await ExpectAsync(server, 200, "/v1/models/shop/versions/3/approve", """{"reason":"the gates hold"}""");
    }

    private static async Task TrainAsync(FlyballServer server, string file, string before, string after, string? gate)
    {
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace(before, after, StringComparison.Ordinal).TrimEnd() + (gate is null ? "\n" : $"\n{gate}\n"));
        Assert.Equal(200, (await server.PostAsync("/v1/project/apply", "{}")).Status);
        var (status, trained) = await server.PostAsync("/v1/models/shop/train", "{}");
        Assert.True(status == 200 && trained["gates"]!.AsArray().All(g => (bool)g!["ok"]!), trained.ToJsonString());
        Assert.False((bool)trained["cached"]!);
    }

    private static async Task<JsonObject> ExpectAsync(FlyballServer server, int expected, string path, string body)
    {
        var (status, answer) = await server.PostAsync(path, body);
        Assert.True(status == expected, $"{path}: {status} {answer.ToJsonString()}");
        return answer;
    }
}
