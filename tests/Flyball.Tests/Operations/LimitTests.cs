using System.Net.Sockets;
using System.Text;
using Flyball.Server.Hosting;
using Flyball.Tests.Access;
using Flyball.Tests.Workspaces;

namespace Flyball.Tests.Operations;

/// <summary>Requests as bytes, because clients do not send what is too large.</summary>
public sealed class LimitTests(AccessServers servers) : IClassFixture<AccessServers>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_body_that_says_it_is_too_large_is_refused_before_it_is_read()
    {
        var answer = await SendAsync("POST /v1/models/fraud/train HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 67108865\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Contains("FLY4013", answer, StringComparison.Ordinal);
        await StillServesAsync();
    }

    [Theory]
    [InlineData(8_000, "HTTP/1.1 404 ")]
    [InlineData(8_300, "HTTP/1.1 414 ")]
    public async Task A_line_of_more_than_8_KiB_is_refused(int length, string status)
    {
        Assert.StartsWith(status, await SendAsync($"GET /v1/{new string('x', length)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
        await StillServesAsync();
    }

    [Theory]
    [InlineData(1, 32_000, "HTTP/1.1 200 ")]
    [InlineData(1, 33_000, "HTTP/1.1 431 ")]
    [InlineData(98, 10, "HTTP/1.1 200 ")]
    [InlineData(100, 10, "HTTP/1.1 431 ")]
    public async Task Headers_of_more_than_32_KiB_or_a_hundred_are_refused(int count, int length, string status)
    {
        var headers = string.Concat(Enumerable.Range(0, count).Select(i => FormattableString.Invariant($"X-{i}: {new string('x', length)}\r\n")));

        Assert.StartsWith(status, await SendAsync($"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n"), StringComparison.Ordinal);
        await StillServesAsync();
    }

    [Fact]
    public async Task One_connection_too_many_is_closed_and_has_room_when_another_has_gone()
    {
        using var project = new FraudProject();
        await using var host = await FlyballHost.StartAsync(
            new FlyballHostOptions { Project = project.Folder, Data = project["data"], Urls = "http://127.0.0.1:0", BackgroundLoops = false, MostConnections = 2 }, Cancellation);
        var first = await LiveAsync(host.Address);
        using var second = await LiveAsync(host.Address);

        Assert.Null(await LiveAsync(host.Address));

        first!.Dispose();
        TcpClient? later = null;
        for (var attempt = 0; attempt < 200 && later is null; attempt++)
        {
            later = await LiveAsync(host.Address);
        }

        Assert.NotNull(second);
        Assert.NotNull(later);
        later.Dispose();
    }

    /// <summary>A connection that was answered and stays open; null when it was closed instead.</summary>
    private static async Task<TcpClient?> LiveAsync(Uri address)
    {
        var client = new TcpClient();
        try
        {
            await client.ConnectAsync(address.Host, address.Port, Cancellation);
            await client.GetStream().WriteAsync("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), Cancellation);
            if (await client.GetStream().ReadAsync(new byte[1024], Cancellation) > 0)
            {
                return client;
            }
        }
        catch (IOException)
        {
            // It was closed before it was written to.
        }

        client.Dispose();
        return null;
    }

    private async Task<string> SendAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(servers.Open.Host.Address.Host, servers.Open.Host.Address.Port, Cancellation);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Cancellation);
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        while (await stream.ReadAsync(buffer, Cancellation) is > 0 and var count)
        {
            answer.Append(Encoding.UTF8.GetString(buffer, 0, count));
            if (answer.ToString().Contains("FLY4013", StringComparison.Ordinal))
            {
                break;
            }
        }

        return answer.ToString();
    }

    private async Task StillServesAsync()
    {
        using var answer = await servers.Open.Client.GetAsync(new Uri("/health/live", UriKind.Relative), Cancellation);
        Assert.True(answer.IsSuccessStatusCode);
    }
}
