using System.Net;
using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Retraining;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Flyball.Tests.Retraining;

public sealed class RetrainingEndpointsTests : IAsyncLifetime
{
    private static readonly string[] Members = ["id", "model", "state", "due_at", "reason", "version", "error"];

    private readonly RetrainWorld world = new();
    private RetrainFixture fixture = null!;
    private WebApplication app = null!;
    private HttpClient client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        fixture = new RetrainFixture(world, approve: "always-ask");
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        builder.Services.AddSingleton<TimeProvider>(world.Time);
        builder.Services.AddSingleton(fixture.Jobs);
        app = builder.Build();
        app.UseRouting();
        app.UseMiddleware<AccessMiddleware>(new AccessOptions());
        app.MapRetraining();
        await app.StartAsync();
        client = app.GetTestClient();
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
        await fixture.DisposeAsync();
        world.Dispose();
    }

    [Fact]
    public async Task A_request_is_accepted_and_listed_newest_first_with_every_member()
    {
        world.Skill = 0;
        var asked = await PostAsync("fraud");
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        await fixture.RunAsync();
        await PostAsync("fraud");

        var jobs = JsonNode.Parse(await client.GetStringAsync(new Uri("/v1/retraining", UriKind.Relative), Cancellation))!["jobs"]!.AsArray();

        Assert.Equal(["waiting", "refused"], jobs.Select(j => (string)j!["state"]!));
        Assert.All(jobs, j => Assert.Empty(Members.Except(j!.AsObject().Select(m => m.Key))));
        Assert.Equal((1, null), ((int)jobs[1]!["version"]!, jobs[0]!["version"]));
    }

    [Fact]
    public async Task A_job_under_way_answers_409_and_an_unknown_model_404()
    {
        await PostAsync("fraud");
        await fixture.RunAsync();

        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync("fraud")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync("other")).StatusCode);
    }

    [Fact]
    public void Every_route_states_its_permission()
    {
        var routes = app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(e => (e.RoutePattern.RawText, e.Metadata.GetMetadata<PermissionMetadata>()?.Permission));

        Assert.Equal([("/v1/models/{model}/retrain", Permission.Build), ("/v1/retraining", Permission.Read)], routes);
    }

    private Task<HttpResponseMessage> PostAsync(string model) => client.PostAsync(new Uri($"/v1/models/{model}/retrain", UriKind.Relative), null, Cancellation);
}
