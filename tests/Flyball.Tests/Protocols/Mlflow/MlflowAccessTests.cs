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
}
