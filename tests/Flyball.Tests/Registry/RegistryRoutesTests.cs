using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Flyball.Tests.Access;

namespace Flyball.Tests.Registry;

/// <summary>The registry over HTTP, with the real server.</summary>
public class RegistryRoutesTests
{
    [Fact]
    public async Task A_model_its_versions_aliases_and_past_are_reached_over_HTTP()
    {
        await using var server = await ServerFixture.StartAsync();
        var made = await SendAsync(server, HttpMethod.Post, "/v1/models", """{"name":"churn","description":"who leaves","tags":{"team":"a"}}""");
        Assert.Equal((HttpStatusCode.OK, "a"), (made.Status, (string)made.Body["tags"]!["team"]!));
        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync(server, HttpMethod.Post, "/v1/models", """{"name":"churn"}""")).Status);
        var version = await SendAsync(server, HttpMethod.Post, "/v1/models/churn/versions/files", $$"""{"source":"s3://bucket/model","run_id":"r1","files":[{"path":"model/MLmodel","size":3,"sha256":"{{server.Host.Workspace.Blobs.Put("abc"u8).Hex}}"}]}""");
        Assert.Equal((1, "unjudged", "files"), ((int)version.Body["version"]!, (string)version.Body["state"]!, (string)version.Body["form"]!));
        Assert.Equal("model/MLmodel", (string)(await SendAsync(server, HttpMethod.Get, "/v1/models/churn/versions/1/files")).Body["files"]![0]!["path"]!);

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(server, HttpMethod.Put, "/v1/models/churn/aliases/best", """{"version":1,"reason":"first"}""", r => r.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any))).Status);
        var late = await SendAsync(server, HttpMethod.Put, "/v1/models/churn/aliases/best", """{"version":1}""", r => r.Headers.TryAddWithoutValidation("If-Match", "\"7\""));
        Assert.Equal((HttpStatusCode.Conflict, "FLY3342"), (late.Status, (string)late.Body["code"]!));
        var champion = await SendAsync(server, HttpMethod.Put, "/v1/models/churn/aliases/champion", """{"version":1}""");
        Assert.Equal((HttpStatusCode.Conflict, "FLY3343"), (champion.Status, (string)champion.Body["code"]!));

        Assert.Equal("\"1\"", (await SendAsync(server, HttpMethod.Get, "/v1/models/churn/aliases/best")).Tag);
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var held = await SendAsync(server, HttpMethod.Get, $"/v1/models/churn/aliases/best?as_of={today}");
        Assert.Equal((1, "first"), ((int)held.Body["version"]!, (string)held.Body["reason"]!));
        Assert.Null((await SendAsync(server, HttpMethod.Get, "/v1/models/churn/aliases/best?as_of=2020-01-01")).Body["version"]);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(server, HttpMethod.Get, "/v1/models/churn/aliases/best?as_of=tuesday")).Status);
        Assert.Equal((HttpStatusCode.NotFound, "FLY4004"), await CodeAsync(server, HttpMethod.Get, "/v1/models/nobody/aliases/best?as_of=2020-01-01"));

        Assert.Equal((HttpStatusCode.Conflict, "FLY3343"), await CodeAsync(server, HttpMethod.Post, "/v1/models/churn/versions/1/rejudge", """{"reason":"again"}"""));
        Assert.Equal((HttpStatusCode.NotFound, "FLY4004"), await CodeAsync(server, HttpMethod.Post, "/v1/models/churn/versions/9/rejudge"));
        var lineage = await SendAsync(server, HttpMethod.Get, "/v1/models/churn/versions/1/lineage");
        Assert.Equal(("best", "s3://bucket/model"), ((string)lineage.Body["deployment"]!["aliases"]![0]!, (string)lineage.Body["source"]!));
        var events = await SendAsync(server, HttpMethod.Get, "/v1/registry/events?after=1&limit=2");
        Assert.Equal([2L, 3L], events.Body["events"]!.AsArray().Select(e => (long)e!["seq"]!));
        Assert.Equal(3L, (long)events.Body["next"]!);
        Assert.Null((await SendAsync(server, HttpMethod.Get, "/v1/registry/ledger/verify")).Body["broken_at"]);
        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync(server, HttpMethod.Post, "/v1/models/churn/versions/1/retire", """{"reason":"old"}""")).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(server, HttpMethod.Delete, "/v1/models/churn/aliases/best")).Status);
        Assert.Equal("archived", (string)(await SendAsync(server, HttpMethod.Post, "/v1/models/churn/versions/1/retire", """{"reason":"old","keep_for":"1d"}""")).Body["state"]!);
        Assert.Equal((HttpStatusCode.Conflict, "FLY3346"), await CodeAsync(server, HttpMethod.Delete, "/v1/models/churn/versions/1"));
    }

    [Fact]
    public async Task A_deletion_says_why_in_the_audit_log()
    {
        await using var server = await ServerFixture.StartAsync();
        await SendAsync(server, HttpMethod.Post, "/v1/models", """{"name":"churn","tags":{"team":"a"}}""");
        await SendAsync(server, HttpMethod.Post, "/v1/models/churn/versions/files", """{"source":"s3://bucket/model","files":[],"tags":{"a":"b"}}""");
        await SendAsync(server, HttpMethod.Put, "/v1/models/churn/aliases/best", """{"version":1}""");
        var hook = (string)(await SendAsync(server, HttpMethod.Post, "/v1/registry/webhooks", """{"name":"h","url":"https://hooks.example.com/","events":[{"entity":"model_version","action":"created"}]}""")).Body["id"]!;
        var deletions = new Dictionary<string, string>
        {
            ["version.untag"] = "/v1/models/churn/versions/1/tags/a",
            ["alias.delete"] = "/v1/models/churn/aliases/best",
            ["version.delete"] = "/v1/models/churn/versions/1",
            ["model.untag"] = "/v1/models/churn/tags/team",
            ["model.delete"] = "/v1/models/churn",
            ["webhook.delete"] = $"/v1/registry/webhooks/{hook}",
        };
        foreach (var (action, path) in deletions)
        {
            Assert.Equal(HttpStatusCode.OK, (await SendAsync(server, HttpMethod.Delete, $"{path}?reason={Uri.EscapeDataString($"no {action} more")}")).Status);
        }

        var entries = (await SendAsync(server, HttpMethod.Get, "/v1/audit?limit=1000")).Body["entries"]!.AsArray();
        Assert.All(deletions.Keys, action => Assert.Equal($"no {action} more", (string?)Assert.Single(entries, e => (string?)e!["action"] == action)!["reason"]));
    }

    [Fact]
    public async Task A_webhook_to_this_machine_is_refused_and_its_secret_not_shown()
    {
        await using var server = await ServerFixture.StartAsync();
        const string events = """[{"entity":"model_version","action":"created"}]""";
        Assert.Equal((HttpStatusCode.BadRequest, "FLY3336"), await CodeAsync(server, HttpMethod.Post, "/v1/registry/webhooks", $$"""{"name":"h","url":"http://127.0.0.1:1/","events":{{events}}}"""));
        var made = await SendAsync(server, HttpMethod.Post, "/v1/registry/webhooks", $$"""{"name":"h","url":"https://hooks.example.com/","events":{{events}},"secret":"hush"}""");
        Assert.Equal(HttpStatusCode.OK, made.Status);
        Assert.DoesNotContain("hush", made.Body.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(server, HttpMethod.Delete, $"/v1/registry/webhooks/{(string)made.Body["id"]!}")).Status);
        Assert.Equal((HttpStatusCode.NotFound, "FLY4004"), await CodeAsync(server, HttpMethod.Get, $"/v1/registry/webhooks/{(string)made.Body["id"]!}"));
    }

    [Fact]
    public async Task An_archive_that_is_none_is_refused_with_the_reason()
    {
        await using var server = await ServerFixture.StartAsync();
        using var content = new ByteArrayContent([1, 2, 3]) { Headers = { ContentType = new MediaTypeHeaderValue("application/zip") } };
        using var response = await server.Client.PostAsync(new Uri("/v1/registry/import", UriKind.Relative), content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Equal("FLY3350", (string)(await response.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!["code"]!);
    }

    private static async Task<(HttpStatusCode, string)> CodeAsync(ServerFixture server, HttpMethod method, string path, string? body = null)
    {
        var answer = await SendAsync(server, method, path, body);
        return (answer.Status, (string)answer.Body["code"]!);
    }

    private static async Task<(HttpStatusCode Status, JsonObject Body, string? Tag)> SendAsync(
        ServerFixture server, HttpMethod method, string path, string? body = null, Action<HttpRequestMessage>? also = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            request.Content = new StringContent(body, System.Text.Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        }

        also?.Invoke(request);
        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, (JsonObject)JsonNode.Parse(text)!, response.Headers.ETag?.Tag);
    }
}
