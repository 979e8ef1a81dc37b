using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Engine.Problems;
using Flyball.Serving;
using Flyball.Tests.Access;
using Microsoft.Extensions.DependencyInjection;

namespace Flyball.Tests.Serving;

/// <summary>Requests to a model whose champion could not be loaded.</summary>
public sealed class MissingChampionTests
{
    private static readonly Problem Damage = new("FLY2010", "Version 2 of fraud cannot be loaded: its bytes are not what was stored.");

    [Fact]
    public async Task The_version_before_answers_and_the_rung_says_so()
    {
        await using var fixture = new ServingFixture();
        var record = fixture.Predict(Plan(fixture, fixture.Version(1)))!;
        Assert.Equal((1, 2, Rung.PreviousVersion), (record.Version, record.ChosenVersion, record.Rung));
        Assert.Equal(ServingFixture.Score(1), record.Score, 6);
    }

    [Fact]
    public async Task Without_one_the_declared_rule_does()
    {
        await using var fixture = new ServingFixture();
        var record = fixture.Predict(Plan(fixture, null), amount: 500)!;
        Assert.Equal((2, Rung.Rule, 0.6), (record.Version, record.Rung, record.Score));
    }

    [Fact]
    public async Task Without_either_nothing_does()
    {
        await using var fixture = new ServingFixture(fallback: "[ previous-version ]");
        Assert.Null(fixture.Predict(Plan(fixture, null)));
    }

    [Fact]
    public async Task Over_HTTP_it_is_503_with_the_reason_and_shown_by_health_which_stays_ready()
    {
        await using var server = await ServerFixture.StartAsync();
        server.Host.Services.GetRequiredService<TrafficPlans>().NoteMissing("fraud", Damage);
        using var content = new StringContent("{}", Encoding.UTF8, "application/json");

        using var refused = await server.Client.PostAsync(new Uri("/v1/models/fraud/predict", UriKind.Relative), content, TestContext.Current.CancellationToken);

        Assert.Equal(503, (int)refused.StatusCode);
        var problem = (await refused.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!;
        Assert.Equal(("FLY5001", true), ((string)problem["code"]!, ((string)problem["detail"]!).Contains(Damage.Message, StringComparison.Ordinal)));
        using var ready = await server.Client.GetAsync(new Uri("/health/ready", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)ready.StatusCode);
        var degraded = (await ready.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!["degraded"]![0]!;
        Assert.Equal(("fraud", "FLY2010", Damage.Message), ((string)degraded["model"]!, (string)degraded["code"]!, (string)degraded["reason"]!));
    }

    private static TrafficPlan Plan(ServingFixture fixture, ServedVersion? previous) =>
        new(ServingFixture.Model, VersionLoader.StandIn(fixture.World.Model, Flyball.Engine.Identity.Digest.Of("damaged"), 2, Damage), previous);
}
