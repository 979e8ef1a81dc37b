using System.Net;
using Flyball.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Flyball.Tests.Access;

public sealed class RoutePermissionTests
{
    /// <summary>Whoever reaches the port may use these: they tell nothing of the business and change nothing.</summary>
    private static readonly string[] OpenRoutes = ["/health/live", "/health/startup", "/health/ready", "/metrics", "/openapi/v1.json", "/health", "/ping", "/v2/health/live", "/v2/health/ready", $"{Grpc}ServerLive", $"{Grpc}ServerReady"];

    private const string Grpc = "/inference.GRPCInferenceService/";

    /// <summary>Every call of gRPC is a POST.</summary>
    private static readonly string[] Calls = [.. ((string[])["ServerLive", "ServerReady", "ModelReady", "ServerMetadata", "ModelMetadata", "ModelConfig", "ModelStatistics", "RepositoryIndex", "{**method}"]).Select(m => Grpc + m), "/v2/repository/index"];

    private static readonly string[] Mlflow =
    [
        .. from prefix in (string[])["/api", "/ajax-api"]
           from call in (string[])["experiments/search", "experiments/search-datasets", "runs/search", "logged-models/search", "registered-models/get-latest-versions"]
           select $"{prefix}/2.0/mlflow/{call}",
    ];

    [Fact]
    public async Task Every_route_of_the_server_states_one_permission()
    {
        await using var server = await ServerFixture.StartAsync();

        var routes = Routes(server.Host.Services);

        Assert.True(routes.Count > 30, $"Only {routes.Count} routes were seen.");
        Assert.Empty(WithoutPermission(routes));
    }

    [Fact]
    public async Task Only_operations_are_open_to_everyone()
    {
        await using var server = await ServerFixture.StartAsync();

        var open = Routes(server.Host.Services).Where(r => r.Metadata.GetMetadata<PermissionMetadata>()?.Permission == Permission.Open);

        Assert.Equal(OpenRoutes.Order(), open.Select(r => r.RoutePattern.RawText).Order());
    }

    [Fact]
    public async Task Every_route_that_changes_something_needs_more_than_reading()
    {
        // They ask a question with a body and change nothing.
        string[] questions = ["/v1/models/{model}/reproduce", "/v1/features", "/get-online-features", .. Mlflow, .. Calls];
        await using var server = await ServerFixture.StartAsync();

        var changing = Routes(server.Host.Services).Where(r => Methods(r).Any(m => m is not ("GET" or "HEAD"))).ToList();

        Assert.NotEmpty(changing);
        Assert.Empty(changing
            .Where(r => r.Metadata.GetMetadata<PermissionMetadata>()!.Permission is Permission.Open or Permission.Read)
            .Select(r => r.RoutePattern.RawText!)
            .Except(questions));
    }

    [Fact]
    public async Task A_route_without_a_permission_is_found_by_the_same_check_and_answers_403()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        await using var app = builder.Build();
        app.UseRouting();
        app.UseMiddleware<AccessMiddleware>(new AccessOptions());
        app.MapGet("/stated", () => "seen").RequirePermission(Permission.Read);
        app.MapGet("/forgotten", () => "seen");
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = app.GetTestClient();

        Assert.Equal(["/forgotten"], WithoutPermission(Routes(app.Services)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/stated"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(client, "/forgotten"));
    }

    private static List<RouteEndpoint> Routes(IServiceProvider services) =>
        [.. services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    private static List<string> WithoutPermission(IEnumerable<RouteEndpoint> routes) =>
        [.. routes.Where(r => r.Metadata.OfType<PermissionMetadata>().Count() != 1).Select(r => r.RoutePattern.RawText!)];

    private static IReadOnlyList<string> Methods(RouteEndpoint route) => route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"];

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
