using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.Tests.Access;

namespace Flyball.Tests.Registry.Archives;

/// <summary>What is exported can be imported: these routes take bodies as large as archives are.</summary>
public sealed class ArchiveBodyTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/registry/import", "FLY3350")]
    [InlineData("/v1/models/fraud/versions", "FLY116")]
    public async Task A_body_beyond_the_limit_of_other_routes_is_read_and_judged(string path, string code)
    {
        await using var server = await ServerFixture.StartAsync();
        using var content = new ByteArrayContent(new byte[65 << 20]) { Headers = { ContentType = new MediaTypeHeaderValue("application/zip") } };
        using var response = await server.Client.PostAsync(new Uri(path, UriKind.Relative), content, Stop);
        var answer = await response.Content.ReadFromJsonAsync<JsonObject>(Stop);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.StartsWith(code, (string)answer!["code"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_larger_than_any_archive_is_refused_before_it_is_sent_and_the_limit_said()
    {
        await using var server = await ServerFixture.StartAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Host.Address.Host, server.Host.Address.Port, Stop);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("POST /v1/registry/import HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/zip\r\nConnection: close\r\nContent-Length: 700000000\r\n\r\n"), Stop);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var answer = await reader.ReadToEndAsync(Stop);
        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.Contains("FLY4013", answer, StringComparison.Ordinal);
        Assert.Contains("601 MiB", answer, StringComparison.Ordinal);
    }
}
