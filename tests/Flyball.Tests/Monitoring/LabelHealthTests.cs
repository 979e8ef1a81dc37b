using System.Net;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Contracts;
using Flyball.Contracts.Quality;
using Flyball.Engine.Time;
using Flyball.Monitoring;
using Flyball.Monitoring.Measured;
using Flyball.Tests.Time;
using Flyball.Workspaces;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flyball.Tests.Monitoring;

/// <summary>The label window is two days.</summary>
public sealed class LabelHealthTests : IAsyncLifetime
{
    private readonly MonitoringFixture fixture = new(MonitoringFixture.Columns(MonitoringFixture.Normal(200, 1, 1)));
    private WebApplication app = null!;
    private HttpClient client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        builder.Services.AddSingleton<TimeProvider>(fixture.Time).AddSingleton(fixture.Events).AddSingleton(fixture.Labels).AddSingleton(fixture.Check).AddSingleton(fixture.Alerts)
            .AddSingleton(fixture.Project).AddSingleton(new ContractsOptions()).AddSingleton(fixture.Workspace).AddSingleton<FeatureFindings>().AddSingleton<ServedFeatures>();
        builder.Services.AddContracts();
        app = builder.Build();
        app.UseRouting();
        app.UseMiddleware<AccessMiddleware>(new AccessOptions());
        app.MapContracts();
        app.MapMonitoring();
        await app.StartAsync(Cancellation);
        client = app.GetTestClient();
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
        await fixture.DisposeAsync();
    }

    [Fact]
    public async Task Coverage_is_the_share_of_matured_predictions_with_a_label()
    {
        // Ten requests come in, four are predicted, three of these are labelled; a fifth prediction ends their windows.
        await fixture.RequestAsync([.. Enumerable.Range(0, 10).Select(i => ((long)i, At(0.01 * i)))]);
        for (var i = 0; i < 4; i++)
        {
            await fixture.PredictOneAsync(i, At(0.01 * i), 0.5);
        }

        await fixture.LabelAsync((0, At(0.5), 1), (1, At(0.5), 0), (2, At(1), 0), (8, At(1), 1));
        await fixture.PredictOneAsync(99, At(5), 0.5);

        var model = await ReportAsync();

        Assert.Equal(("predictions", 4L, 3L, 0.75), ((string)model["basis"]!, (long)model["matured"]!, (long)model["labelled"]!, (double)model["coverage"]!));
        Assert.Equal(1, (long)model["unmatched"]!);
        Assert.Equal(1, (long)model["days"]![0]!["positive"]!);
    }

    [Fact]
    public async Task Without_predictions_the_requests_stand_for_them()
    {
        await fixture.RequestAsync((1, At(0)), (2, At(0.1)));
        await fixture.LabelAsync((1, At(1), 1));
        await fixture.RequestAsync((3, At(5)));

        var model = await ReportAsync();

        Assert.Equal(("requests", 2L, 0.5), ((string)model["basis"]!, (long)model["matured"]!, (double)model["coverage"]!));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    public async Task However_often_it_is_looked_at_labels_meet_their_predictions(int every)
    {
        for (var day = 0; day < 8; day++)
        {
            await fixture.PredictOneAsync(day, At(day), 0.5);
            if (day % every == 0)
            {
                await ReportAsync();
            }

            await fixture.LabelAsync((day, At(day + 0.25), day % 2));
        }

        var model = await ReportAsync();

        Assert.Equal((5L, 5L, 0L), ((long)model["matured"]!, (long)model["labelled"]!, (long)model["unmatched"]!));
    }

    [Fact]
    public async Task Delays_conflicts_and_repeats_are_in_the_report()
    {
        await fixture.PredictOneAsync(1, At(0), 0.5);
        await fixture.LabelAsync((1, At(0.25), 1));
        await fixture.LabelAsync((1, At(0.5), 1));
        await fixture.LabelAsync((1, At(0.5), 0));

        var model = await ReportAsync();

        Assert.Equal((1L, 1L), ((long)model["repeated"]!, (long)model["conflicting"]!));
        Assert.InRange((double)model["delay_seconds"]!["p50"]!, 21_600 * 0.97, 21_600 * 1.03);
        Assert.Equal("label conflicts", (string)Assert.Single(model["findings"]!.AsArray())!["rule"]!);
    }

    [Fact]
    public async Task A_request_of_a_test_takes_no_label()
    {
        await fixture.PredictOneAsync(1, At(0), 0.5, Flyball.Serving.PredictionRoute.Test);
        await fixture.PredictOneAsync(2, At(0), 0.5);
        await fixture.LabelAsync((1, At(0.25), 1), (2, At(0.25), 1));

        Assert.Equal(1, (int)(await ReportAsync())["unmatched"]!);
    }

    [Fact]
    public async Task Conflicts_become_findings_of_the_label_source_when_they_are_new()
    {
        await fixture.PredictOneAsync(1, At(0), 0.5);
        await fixture.LabelAsync((1, At(0.25), 1), (1, At(0.5), 0));
        await fixture.Labels.RecordAsync(Cancellation);
        await fixture.Labels.RecordAsync(Cancellation);

        var batch = Assert.Single((await GetAsync("/v1/contracts/reports/findings"))["batches"]!.AsArray());
        Assert.Equal(("system:labels", "label conflicts", "warning"), ((string)batch!["caller"]!, (string)batch["findings"]![0]!["rule"]!, (string)batch["findings"]![0]!["severity"]!));

        await fixture.LabelAsync((1, At(0.75), 0));
        await fixture.Labels.RecordAsync(Cancellation);
        Assert.Equal(2, (await GetAsync("/v1/contracts/reports/findings"))["batches"]!.AsArray().Count);
    }

    [Fact]
    public async Task An_unknown_source_answers_404()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri("/v1/contracts/nothing/labels", UriKind.Relative), Cancellation)).StatusCode);
        Assert.Empty((await GetAsync("/v1/contracts/requests/labels"))["models"]!.AsArray());
    }

    [Fact]
    public void The_route_states_its_permission()
    {
        var route = app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Single(e => e.RoutePattern.RawText == "/v1/contracts/{source}/labels");

        Assert.Equal(Permission.Read, route.Metadata.GetMetadata<PermissionMetadata>()!.Permission);
    }

    [Fact]
    public async Task The_loop_keeps_findings_once_a_day()
    {
        var time = new TickingTimeProvider(new DateTimeOffset(2026, 3, 1, 23, 50, 0, TimeSpan.Zero));
        await fixture.PredictOneAsync(1, At(0), 0.5);
        await fixture.LabelAsync((1, At(0.25), 1), (1, At(0.5), 0));
        using var loop = new LabelLoop(fixture.Labels, time, new LoopOptions(true), NullLogger<LabelLoop>.Instance);
        await loop.StartAsync(Cancellation);
        await UntilAsync(() => time.HasTimers);

        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(0, fixture.Events.Quality.CountOf("reports"));
        time.Advance(TimeSpan.FromMinutes(6));
        await UntilAsync(() => fixture.Events.Quality.CountOf("reports") == 1);
        await loop.StopAsync(Cancellation);
    }

    [Fact]
    public void A_delay_that_doubles_in_a_week_is_found_and_a_steady_one_is_not()
    {
        var days = Enumerable.Range(0, 43).Select(d => new LabelDay(d, 1_000, 1_000, 20)).ToList();
        LabelDelay Of(long day, double log) => new(day, 1_000, 1_000 * log, 1_000 * ((log * log) + 1));
        var steady = days.Select(d => Of(d.Day, 8 + (d.Day % 5 * 0.01))).ToList();
        var doubled = days.Select(d => Of(d.Day, d.Day >= 35 ? 8.7 : 8)).ToList();

        Assert.Empty(LabelFindings.Of(days, steady, 0));
        var finding = Assert.Single(LabelFindings.Of(days, doubled, 0));
        Assert.Equal(("label delay", RuleOutcome.Alert), (finding.Rule, finding.Outcome));
        Assert.Equal(Math.Exp(0.7), (finding.Seen!.Value + 1) / (finding.Bound!.Value + 1), 3);
    }

    private static EventTime At(double day) => MonitoringFixture.Day(day);

    private static async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
        {
            Cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private async Task<JsonObject> GetAsync(string path) => JsonNode.Parse(await client.GetStringAsync(new Uri(path, UriKind.Relative), Cancellation))!.AsObject();

    private async Task<JsonObject> ReportAsync() => Assert.Single((await GetAsync("/v1/contracts/reports/labels"))["models"]!.AsArray())!.AsObject();
}
