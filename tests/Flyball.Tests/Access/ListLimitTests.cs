using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Flyball.Tests.Access;

/// <summary>How much of a list is asked for is checked alike on every route that lists.</summary>
public sealed class ListLimitTests
{
    [Fact]
    public async Task Every_route_with_a_limit_refuses_one_out_of_bounds()
    {
        await using var server = await ServerFixture.StartAsync();
        var routes = server.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(TakesLimit).Select(r => r.RoutePattern.RawText!).ToList();
        Assert.Contains("/v1/runs", routes);
        Assert.Contains("/v1/quarantine/{source}", routes);
        Assert.True(routes.Count >= 7, string.Join(' ', routes));

        using var client = new HttpClient { BaseAddress = server.Host.Address };
        foreach (var route in routes)
        {
            var path = route.Replace("{source}", "transactions", StringComparison.Ordinal).Replace("{model}", "fraud", StringComparison.Ordinal).Replace("{batch}", "none", StringComparison.Ordinal);
            foreach (var limit in (string[])["-5", "1001"])
            {
                using var response = await client.GetAsync(new Uri($"{path}?limit={limit}", UriKind.Relative), TestContext.Current.CancellationToken);
                var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
                Assert.True(response.StatusCode == HttpStatusCode.BadRequest && (string?)answer["code"] == "FLY3002", $"{path} {limit}: {answer.ToJsonString()}");
            }
        }
    }

    private static bool TakesLimit(RouteEndpoint route) =>
        route.Metadata.OfType<System.Reflection.MethodInfo>().SelectMany(m => m.GetParameters()).Any(p => p.Name == "limit");
}
