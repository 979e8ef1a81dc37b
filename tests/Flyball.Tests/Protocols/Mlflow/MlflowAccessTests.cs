using System.Net.Http.Headers;
using System.Text;
using Flyball.Access;
using Flyball.Tests.Access;

namespace Flyball.Tests.Protocols.Mlflow;

public sealed class MlflowAccessTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reader_reads_a_builder_writes_and_nobody_else_does_either()
    {
        await using var server = await ServerFixture.StartAsync(("reader", [Permission.Read]), ("builder", [Permission.Read, Permission.Build]));
        const string Api = "/api/2.0/mlflow";

        Assert.Equal((401, "UNAUTHENTICATED"), await SendAsync(server.Client, null, HttpMethod.Get, $"{Api}/experiments/get?experiment_id=0"));
        Assert.Equal((200, ""), await SendAsync(server.Client, "reader", HttpMethod.Get, $"{Api}/experiments/get?experiment_id=0"));
        Assert.Equal((200, ""), await SendAsync(server.Client, "reader", HttpMethod.Post, $"{Api}/runs/search", "{}"));
        foreach (var (method, path) in (((HttpMethod, string)[])[
            (HttpMethod.Post, $"{Api}/runs/create"), (HttpMethod.Post, $"/ajax-api/2.0/mlflow/runs/create"), (HttpMethod.Post, $"{Api}/model-versions/create"), (HttpMethod.Delete, $"{Api}/registered-models/delete"),
            (HttpMethod.Put, "/api/2.0/mlflow-artifacts/artifacts/a"), (HttpMethod.Delete, "/api/2.0/mlflow-artifacts/artifacts/a"), (HttpMethod.Post, "/ajax-api/2.0/mlflow/upload-artifact")]))
        {
            Assert.Equal((401, "UNAUTHENTICATED"), await SendAsync(server.Client, null, method, path, "{}"));
            Assert.Equal((403, "PERMISSION_DENIED"), await SendAsync(server.Client, "reader", method, path, "{}"));
        }

        Assert.Equal((200, ""), await SendAsync(server.Client, "builder", HttpMethod.Post, $"{Api}/runs/create", """{"experiment_id":"0"}"""));
    }

    /// <summary>What MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD make of a request.</summary>
    [Fact]
    public async Task A_key_may_come_as_a_password_whatever_the_user()
    {
        await using var server = await ServerFixture.StartAsync(("reader", [Permission.Read]), ("with:colon", [Permission.Read]));
        foreach (var (text, status) in ((string, int)[])[
            ("anyone:reader", 200), (":reader", 200), ("anyone:with:colon", 200),
            ("reader:wrong", 401), ("reader:", 401), ("reader", 401), ("reader:reader:", 401), ("anyone: reader", 401)])
        {
            var basic = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(text)));
            Assert.Equal((text, status), (text, (await AskAsync(server.Client, basic, "/api/2.0/mlflow/experiments/get?experiment_id=0")).Status));
        }
    }

    [Fact]
    public async Task A_password_opens_the_protocols_routes_alone_and_gives_nobody_a_name()
    {
        await using var server = await ServerFixture.StartAsync(("builder", [Permission.Read, Permission.Build]));
        var basic = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("mallory:builder"u8));

        Assert.Equal(401, (await AskAsync(server.Client, basic, "/v1/models")).Status);
        Assert.Equal(401, (await AskAsync(server.Client, basic, "/v1/audit")).Status);
        Assert.Equal(401, (await AskAsync(server.Client, new AuthenticationHeaderValue("Basic", "%%%"), "/api/2.0/mlflow/experiments/get?experiment_id=0")).Status);
        var (status, challenge) = await AskAsync(server.Client, null, "/api/2.0/mlflow/experiments/get?experiment_id=0");
        Assert.Equal((401, "Bearer"), (status, challenge));

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/2.0/mlflow/registered-models/create", UriKind.Relative)) { Content = new StringContent("""{"name":"m"}""", Encoding.UTF8, "application/json") };
        request.Headers.Authorization = basic;
        using var response = await server.Client.SendAsync(request, Stop);
        var answer = await response.Content.ReadAsStringAsync(Stop);
        Assert.Contains("\"user_id\":\"key-0\"", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("mallory", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_page_of_another_site_can_post_is_refused()
    {
        await using var server = await ServerFixture.StartAsync();
        foreach (var type in (string?[])["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", null])
        {
            using var body = new ByteArrayContent("""{"name":"owned"}"""u8.ToArray());
            body.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
            using var response = await server.Client.PostAsync(new Uri("/api/2.0/mlflow/experiments/create", UriKind.Relative), body, Stop);
            Assert.Equal(400, (int)response.StatusCode);
        }

        Assert.Equal((404, "RESOURCE_DOES_NOT_EXIST"), await SendAsync(server.Client, null, HttpMethod.Get, "/api/2.0/mlflow/experiments/get-by-name?experiment_name=owned"));
    }

    private static async Task<(int Status, string Code)> SendAsync(HttpClient client, string? key, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request, Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        return ((int)response.StatusCode, System.Text.Json.JsonDocument.Parse(text).RootElement.TryGetProperty("error_code", out var code) ? code.GetString()! : "");
    }

    private static async Task<(int Status, string Challenge)> AskAsync(HttpClient client, AuthenticationHeaderValue? authorization, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Authorization = authorization;
        using var response = await client.SendAsync(request, Stop);
        return ((int)response.StatusCode, response.Headers.WwwAuthenticate.ToString());
    }
}
