using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Projects;
using Flyball.Serving.Backends;
using Flyball.Server.Hosting;
using Flyball.Tests.Workspaces;

namespace Flyball.Tests.Serving.Backends;

/// <summary>The section <c>backend:</c>: a model that answers without a trained version.</summary>
public sealed class BackendDefinitionTests
{
    private const string Rule = """{ rule: "if(amount > 200, 0.75, 0.25)" }""";
    private const string Remote = """{ remote: { url: "http://127.0.0.1:9", model: far } }""";

    [Theory]
    [InlineData("{}", "FLY3910")]
    [InlineData("""{ rule: "amount", remote: { url: "http://h", model: m } }""", "FLY3910")]
    [InlineData("""{ rule: "amount > 200" }""", "FLY3910")]
    [InlineData("""{ rule: "no_such_column" }""", "FLY1010")]
    [InlineData("""{ remote: { url: "ftp://h/", model: m } }""", "FLY3912")]
    [InlineData("""{ remote: { url: "file:///etc/passwd", model: m } }""", "FLY3912")]
    [InlineData("""{ remote: { url: "/v2", model: m } }""", "FLY3912")]
    [InlineData("""{ remote: { url: "http://user:secret@h", model: m } }""", "FLY3912")]
    [InlineData("""{ remote: { url: "http://h/?q=1", model: m } }""", "FLY3912")]
    [InlineData("""{ remote: { url: "http://h", model: m, timeout: 2m } }""", "FLY3912")]
    [InlineData("""{ remote: { url: "http://h", model: m, headers: x } }""", "FLY1103")]
    [InlineData("""{ remote: { url: "http://h" } }""", "FLY1104")]
    public void What_cannot_answer_is_refused_when_the_project_is_checked(string backend, string code)
    {
        using var project = Project(backend);
        var found = Assert.Single(Read(project));
        Assert.True(found.Code == code, found.ToString());
        Assert.StartsWith("models/fraud.yaml", found.Where!.File, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_with_a_backend_needs_neither_split_nor_trainer()
    {
        using var project = Project(Rule)
            .Replace("models/fraud.yaml", "split: { by: time, train: 70d, validation: 7d, test: 10d, embargo: 7d }\n", "")
            .Replace("models/fraud.yaml", "trainer: { kind: xgboost, rounds: 120, max_depth: 4, learning_rate: 0.1, subsample: 0.8, column_sample: 0.6, lambda: 5, seed: 7 }\n", "");
        Assert.Empty(Read(project));
        Assert.Equal("xgboost", ProjectWorkspace.Load(project).Models["fraud"].Definition.Trainer.Kind);
    }

    [Fact]
    public void The_digest_is_of_what_is_meant_and_not_of_how_it_is_written()
    {
        var digest = DigestOf(Rule);
        Assert.Equal(digest, DigestOf("""{ rule: "if( amount>200 , 0.75, 0.25 )" }"""));
        Assert.NotEqual(digest, DigestOf("""{ rule: "if(amount > 201, 0.75, 0.25)" }"""));
        Assert.NotEqual(digest, DigestOf(Rule, p => p.Replace("models/fraud.yaml", "score >= 0.9", "score >= 0.8")));
        Assert.NotEqual(DigestOf(Remote), DigestOf("""{ remote: { url: "http://127.0.0.1:10", model: far } }"""));
        Assert.Equal(DigestOf(Remote), DigestOf("""{ remote: { url: "http://127.0.0.1:9/", timeout: 50ms, model: far, input: input } }"""));
    }

    [Fact]
    public async Task A_rule_answers_over_HTTP_and_its_predictions_are_made_again()
    {
        using var project = Project(Rule).Replace("models/fraud.yaml", "  timeout: 50ms", "  timeout: 30s");
        await using var host = await FlyballHost.StartAsync(
            new FlyballHostOptions { Project = project.Folder, Data = project["data"], Urls = "http://127.0.0.1:0", BackgroundLoops = false }, TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = host.Address };

        var answer = await PredictAsync(client, 500);
        Assert.Equal(("fraud", 0, "full", "review"), ((string)answer["model"]!, answer["version"]!.GetValue<int>(), (string)answer["rung"]!, (string)answer["decision"]!));
        Assert.Equal(0.75, answer["prediction"]!.GetValue<double>());
        Assert.Equal(DigestOf(Rule).Hex, (string)answer["digest"]!);
        Assert.Equal(0.25, (await PredictAsync(client, 20))["prediction"]!.GetValue<double>());

        using var again = await client.PostAsync(new Uri("/v1/models/fraud/reproduce", UriKind.Relative), null, TestContext.Current.CancellationToken);
        var sample = (await again.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!;
        Assert.True((sample["compared"]?.GetValue<int>(), sample["identical"]?.GetValue<int>()) is (2, 2), sample.ToJsonString());
        using var metadata = await client.GetAsync(new Uri("/v2/models/fraud", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal("flyball_rule", (string)(await metadata.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!["platform"]!);
        using var check = await client.PostAsync(new Uri("/v1/models/fraud/checks", UriKind.Relative), null, TestContext.Current.CancellationToken);
        Assert.True(check.IsSuccessStatusCode, await check.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static IReadOnlyList<Flyball.Engine.Problems.Problem> Read(FraudProject project)
    {
        var model = ProjectWorkspace.Load(project).Models["fraud"];
        var before = model.Definition.Root.Problems.Count;
        var problems = new ProblemList();
        BackendDefinition.Read(model, problems);
        return [.. problems, .. model.Definition.Root.Problems.Skip(before)];
    }

    private static async Task<JsonObject> PredictAsync(HttpClient client, int amount)
    {
        using var body = new StringContent(FormattableString.Invariant($$"""{"transaction_id":{{amount}},"event_time":"2026-11-01T12:00:00Z","customer_id":1,"terminal_id":2,"amount":{{amount}}}"""), Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri("/v1/models/fraud/predict", UriKind.Relative), body, TestContext.Current.CancellationToken);
        var answer = (await response.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!;
        Assert.True(response.IsSuccessStatusCode, answer.ToJsonString());
        return answer;
    }

    private static Flyball.Engine.Identity.Digest DigestOf(string backend, Func<FraudProject, FraudProject>? change = null)
    {
        using var project = Project(backend);
        change?.Invoke(project);
        return BackendDefinition.Of(ProjectWorkspace.Load(project).Models["fraud"])!.Digest;
    }

    private static FraudProject Project(string backend) => new FraudProject().Replace("models/fraud.yaml", "calibrate: isotonic", $"backend: {backend}");
}
