using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Contracts.Privacy;
using Flyball.Features;
using Flyball.Features.Reads;
using Flyball.Serving;
using Flyball.Tests.Serving;
using Flyball.Tests.Workspaces;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Flyball.Tests.Contracts.Privacy;

/// <summary>The fraud example with customers who are named by their address.</summary>
public sealed class PersonalPredictionTests : IAsyncLifetime
{
    private const string Email = "jane.planted@example.com";

    private const string Customer = """
              - name: customer_id
                logicalType: integer
                logicalTypeOptions: { minimum: 0, format: i64 }
                required: true
                classification: confidential
        """;

    private readonly ServingFixture fixture = new(change: MakePersonal);
    private WebApplication app = null!;
    private HttpClient client = null!;

    public async ValueTask InitializeAsync()
    {
        fixture.Traffic.Swap(new TrafficPlan(ServingFixture.Model, fixture.Version(2)));
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        builder.Services.AddSingleton(fixture.Log).AddSingleton(fixture.Predictor).AddSingleton(fixture.Reproduction).AddSingleton(new RequestIds(7)).AddServing()
            .AddSingleton(fixture.World.Events).AddSingleton(fixture.World.Online).AddSingleton<TimeProvider>(fixture.World.Time).AddSingleton<FeatureReader>();
        app = builder.Build();
        app.UseRouting();
        app.UseMiddleware<AccessMiddleware>(new AccessOptions());
        app.MapServing();
        app.MapFeatures();
        await app.StartAsync();
        client = app.GetTestClient();
        await fixture.World.IngestAsync("transactions", Payment(1, Email), Payment(2, Email), Payment(3, "someone@example.com"));
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
        await fixture.DisposeAsync();
    }

    [Fact]
    public async Task A_prediction_sees_the_features_of_its_person_and_its_log_does_not_name_them()
    {
        var answer = await PredictAsync(Payment(10, Email, hour: 13));

        await fixture.World.Workspace.Predictions.FlushAsync();
        var record = Assert.Single(fixture.World.Workspace.Predictions.Read(default, fixture.World.Workspace.Predictions.Durable));
        var text = Encoding.UTF8.GetString(record.Payload.Span);
        Assert.DoesNotContain("planted", text, StringComparison.Ordinal);
        Assert.Contains("tok_", text, StringComparison.Ordinal);
        var names = fixture.World.Model.Vector.Columns.Select(c => c.Name).ToList();
        var features = PredictionCodec.Decode(record.Payload.Span).Features;
        Assert.Equal(2, features[names.IndexOf("customer_activity.count_7d")].AsInteger);
        Assert.Equal("full", (string)answer["rung"]!);
        Assert.True((await fixture.Reproduction.ReproduceAsync((string)answer["request_id"]!, default))!.Identical);
    }

    [Fact]
    public async Task A_lookup_takes_the_value_or_its_token_and_shows_the_token()
    {
        var byValue = await LookUpAsync(Email);
        var token = (string)byValue["key"]!;
        var byToken = await LookUpAsync(token);

        Assert.True(Tokeniser.IsToken(token));
        Assert.Equal(2, (int)byValue["values"]!["count_7d"]!);
        Assert.Equal(byValue.ToJsonString(), byToken.ToJsonString());

        // Of nobody's payments there are none, and their mean is not known.
        var nobody = (await LookUpAsync("nobody@example.com"))["statuses"]!;
        Assert.Equal(("PRESENT", "NOT_FOUND"), ((string)nobody["count_7d"]!, (string)nobody["amount_mean_7d"]!));
    }

    [Fact]
    public async Task A_refused_request_does_not_repeat_the_person()
    {
        using var content = new StringContent(Payment(10, Email).Replace("\"amount\"", "\"planted\":1,\"amount\"", StringComparison.Ordinal), Encoding.UTF8, "application/json");
        using var response = await client.PostAsync("/v1/models/fraud/predict", content);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.DoesNotContain("planted", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_and_its_features_have_to_tokenise_alike()
    {
        using var project = new FraudProject();
        MakePersonal(project);
        var request = File.ReadAllText(project["contracts/transactions.odcs.yaml"])
            .Replace("name: transactions", "name: requests", StringComparison.Ordinal).Replace("id: fraud-transactions", "id: requests", StringComparison.Ordinal).Replace("classification: PII", "classification: public", StringComparison.Ordinal);
        File.WriteAllText(project["contracts/requests.odcs.yaml"], request);
        project.Replace("features/transaction.yaml", "inputs: transactions", "inputs: requests").Replace("models/fraud.yaml", "on: transactions", "on: requests");

        Assert.Null(Flyball.Training.ProjectPlan.Load(project.Folder, out var problems));
        Assert.Contains(problems, p => p.Code == "FLY1128" && p.Message.Contains("tokenised", StringComparison.Ordinal));
    }

    private static void MakePersonal(FraudProject project) => project.Replace(
        "contracts/transactions.odcs.yaml", Customer.TrimStart(), Customer.TrimStart().Replace("integer", "string", StringComparison.Ordinal).Replace("minimum: 0, format: i64", "minLength: 1", StringComparison.Ordinal).Replace("confidential", "PII", StringComparison.Ordinal));

    private static string Payment(long id, string customer, int hour = 1) =>
        FormattableString.Invariant($$"""{"transaction_id":{{id}},"event_time":"2018-05-01T{{hour:00}}:00:00Z","customer_id":"{{customer}}","terminal_id":1,"amount":10}""");

    private async Task<JsonNode> LookUpAsync(string key) =>
        JsonNode.Parse(await client.GetStringAsync($"/v1/features/customer_activity/{Uri.EscapeDataString(key)}?at=2018-05-02T00:00:00Z"))!;

    private async Task<JsonNode> PredictAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync("/v1/models/fraud/predict", content);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}
