using System.Globalization;
using System.Text.Json.Nodes;
using Flyball.EndToEnd.Tests.Programs;

namespace Flyball.EndToEnd.Tests.CommandLine;

/// <summary>Versions that were really trained, judged again while another one serves.</summary>
public sealed class RejudgeCommandTests(DeployedShop shop)
{
    private const string Again = "/v1/models/shop/versions/3/rejudge";

    [Fact]
    public async Task A_candidate_is_judged_again_beside_the_champion_of_now()
    {
        using var folder = new TemporaryFolder();
        var (project, data) = (folder.Copy(shop.Project, "project"), folder.Copy(shop.Data, "data"));
        await ChangeAsync(project, "rounds: 20", "rounds: 14", "  - roc_auc >= champion - 0.1");
        await using var server = await FlyballServer.StartAsync(project, data);
        await TrainAsync(server, 2);

        // One row more is another run. Both versions are compared with the first; then the second serves.
        var row = string.Create(CultureInfo.InvariantCulture, $$"""{"payment_id":940000,"event_time":"{{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ssZ}}","customer_id":3,"amount":1}""");
        await ExpectAsync(server, 200, "/v1/events/payments", row);
        await TrainAsync(server, 3);
        await ExpectAsync(server, 200, "/v1/models/shop/versions/2/approve", """{"reason":"the gates hold"}""");
        await ExpectAsync(server, 200, "/v1/models/shop/versions/2/promote", """{"reason":"better than the first"}""");
        await ExpectAsync(server, 200, "/v1/models/shop/versions/3/approve", """{"reason":"the gates held beside the first"}""");
        var beside = await ExpectAsync(server, 409, "/v1/models/shop/versions/3/promote", """{"reason":"better than the first"}""");

        var run = (await FlyballProgram.RunAsync("models", "rejudge", "shop@3", "--reason", "the champion moved", "--project", project, "--data", data, "--json")).WithoutStackTrace();
        var again = await ExpectAsync(server, 200, Again, "{}");

        Assert.Contains("flyball models rejudge shop@3", beside.ToJsonString(), StringComparison.Ordinal);
        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        Assert.All(run.Document["gates"]!.AsArray(), g => Assert.True((bool)g!["ok"]!, g.ToJsonString()));
        Assert.Contains(run.Document["gates"]!.AsArray(), g => ((string)g!["gate"]!).Contains("champion", StringComparison.Ordinal));
        Assert.Equal(3, (int)run.Document["model_version"]!);
        Assert.NotEqual((string)run.Document["run_id"]!, (string)again["run_id"]!);
        Assert.Equal((string)run.Document["digest"]!, (string)again["digest"]!);
        await ExpectAsync(server, 409, "/v1/models/shop/versions/2/rejudge", "{}");
        await ExpectAsync(server, 200, "/v1/models/shop/versions/3/promote", """{"reason":"better than the second"}""");
    }

    private static async Task ChangeAsync(string project, string before, string after, string? gate = null)
    {
        var file = Path.Combine(project, "models", "shop.yaml");
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace(before, after, StringComparison.Ordinal).TrimEnd() + (gate is null ? "\n" : $"\n{gate}\n"));
    }

    private static async Task TrainAsync(FlyballServer server, int version)
    {
        var trained = await ExpectAsync(server, 200, "/v1/models/shop/train", "{}");
        Assert.Equal((version, false), ((int)trained["model_version"]!, (bool)trained["cached"]!));
        Assert.All(trained["gates"]!.AsArray(), g => Assert.True((bool)g!["ok"]!, g.ToJsonString()));
    }

    private static async Task<JsonObject> ExpectAsync(FlyballServer server, int expected, string path, string body)
    {
        var (status, answer) = await server.PostAsync(path, body);
        Assert.True(status == expected, $"{path}: {status} {answer.ToJsonString()}");
        return answer;
    }
}
