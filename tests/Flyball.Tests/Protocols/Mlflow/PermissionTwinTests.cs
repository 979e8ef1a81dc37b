using System.Net.Http.Headers;
using System.Text;
using Flyball.Access;
using Flyball.Tests.Access;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Flyball.Tests.Protocols.Mlflow;

/// <summary>A protocol is no way round a permission: what changes the registry through MLflow's routes needs what its twin under /v1 needs.</summary>
public sealed class PermissionTwinTests
{
    private const string Api = "/api/2.0/mlflow";
    private const string Version = "/v1/models/{model}/versions/{version:int}";
    private const string Webhook = "/v1/registry/webhooks/{id}";

    private static readonly Dictionary<string, string> Twins = new(StringComparer.Ordinal)
    {
        ["POST /registered-models/create"] = "POST /v1/models",
        ["POST /registered-models/rename"] = "PATCH /v1/models/{model}",
        ["PATCH /registered-models/update"] = "PATCH /v1/models/{model}",
        ["DELETE /registered-models/delete"] = "DELETE /v1/models/{model}",
        ["POST /registered-models/set-tag"] = "PUT /v1/models/{model}/tags/{key}",
        ["DELETE /registered-models/delete-tag"] = "DELETE /v1/models/{model}/tags/{key}",
        ["POST /registered-models/alias"] = "PUT /v1/models/{model}/aliases/{alias}",
        ["DELETE /registered-models/alias"] = "DELETE /v1/models/{model}/aliases/{alias}",
        ["POST /model-versions/create"] = "POST /v1/models/{model}/versions/files",
        ["PATCH /model-versions/update"] = $"PATCH {Version}",
        ["POST /model-versions/transition-stage"] = $"POST {Version}/stage",
        ["DELETE /model-versions/delete"] = $"DELETE {Version}",
        ["POST /model-versions/set-tag"] = $"PUT {Version}/tags/{{key}}",
        ["DELETE /model-versions/delete-tag"] = $"DELETE {Version}/tags/{{key}}",
        ["POST /webhooks"] = "POST /v1/registry/webhooks",
        ["PATCH /webhooks/{webhook_id}"] = $"PATCH {Webhook}",
        ["DELETE /webhooks/{webhook_id}"] = $"DELETE {Webhook}",
        ["POST /webhooks/{webhook_id}/test"] = $"POST {Webhook}/test",
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_route_of_the_protocol_needs_what_its_twin_needs()
    {
        await using var server = await ServerFixture.StartAsync();
        var permissions = server.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(e => (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["ANY"]).Select(m => (Route: $"{m} {e.RoutePattern.RawText}", e.Metadata.GetMetadata<PermissionMetadata>()!.Permission)))
            .DistinctBy(r => r.Route).ToDictionary(r => r.Route, r => r.Permission, StringComparer.Ordinal);
        var changing = permissions.Where(p => p.Value != Permission.Read && ((string[])["/mlflow/registered-models", "/mlflow/model-versions", "/mlflow/webhooks"]).Any(a => p.Key.Contains(a, StringComparison.Ordinal))).ToList();

        Assert.True(changing.Count >= 28, $"Only {changing.Count} routes were seen.");
        foreach (var (route, permission) in changing)
        {
            var own = route.Replace("/ajax-api", "/api", StringComparison.Ordinal).Replace(Api, "", StringComparison.Ordinal);
            Assert.True(Twins.TryGetValue(own, out var twin), $"{route} has no twin in this test.");
            Assert.True(permissions[twin] == permission, $"{route} needs {permission}, {twin} needs {permissions[twin]}.");
        }
    }

    [Fact]
    public async Task A_key_that_builds_neither_deletes_nor_moves_an_alias_or_a_stage_and_one_that_operates_does()
    {
        await using var server = await ServerFixture.StartAsync(("builder", [Permission.Read, Permission.Build]), ("operator", [Permission.Read, Permission.Operate]));
        Assert.Equal(200, await SendAsync(server, "builder", HttpMethod.Post, "/registered-models/create", """{"name":"m"}"""));
        Assert.Equal(200, await SendAsync(server, "builder", HttpMethod.Post, "/model-versions/create", """{"name":"m","source":"dummy-source"}"""));
        (HttpMethod Method, string Path, string Body)[] acts =
        [
            (HttpMethod.Post, "/model-versions/transition-stage", """{"name":"m","version":"1","stage":"Staging","archive_existing_versions":false}"""),
            (HttpMethod.Post, "/registered-models/alias", """{"name":"m","alias":"best","version":"1"}"""),
            (HttpMethod.Delete, "/registered-models/alias", """{"name":"m","alias":"best"}"""),
            (HttpMethod.Delete, "/model-versions/delete", """{"name":"m","version":"1"}"""),
            (HttpMethod.Delete, "/registered-models/delete", """{"name":"m"}"""),
        ];

        foreach (var (method, path, body) in acts)
        {
            Assert.True(await SendAsync(server, "builder", method, path, body) == 403, path);
            Assert.True(await SendAsync(server, "operator", method, path, body) == 200, path);
        }
    }

    private static async Task<int> SendAsync(ServerFixture server, string key, HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, new Uri(Api + path, UriKind.Relative)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await server.Client.SendAsync(request, Stop);
        return (int)response.StatusCode;
    }
}
