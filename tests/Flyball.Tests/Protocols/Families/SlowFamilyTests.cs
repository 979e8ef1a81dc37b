using System.Net.Sockets;
using System.Text;
using Flyball.Server.Hosting;
using Flyball.Tests.Protocols.OpenInference;

namespace Flyball.Tests.Protocols.Families;

/// <summary>Families 15 to 17 of bad input, which take their time: only when there is some (<c>FLYBALL_LONG=1</c>).</summary>
[Collection(InferenceTests.Name)]
public sealed class SlowFamilyTests(InferenceServer server)
{
    /// <summary>Both ends are files of this process, which may have some 20,000.</summary>
    private const int Idle = 9_000;

    private const string Start = "POST /v1/models/fraud/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

    [Fact]
    public async Task Bodies_and_headers_that_come_too_slowly_are_408()
    {
        Long();
        var answers = await Task.WhenAll(AnswerAsync(Start + "Content-Length: 500\r\n\r\n{"), AnswerAsync(Start + "X-Slow: "));

        Assert.All(answers, answer => Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Thousands_of_connections_that_say_nothing_leave_room_for_others()
    {
        Long();
        Assert.SkipUnless(ServerLimits.Connections > Idle, "This process may not have so many files open.");
        var idle = new List<TcpClient>();
        try
        {
            for (var i = 0; i < Idle; i++)
            {
                var client = new TcpClient();
                idle.Add(client);
                await client.ConnectAsync(server.Host.Address.Host, server.Host.Address.Port, InferenceServer.Stop);
            }

            Assert.Equal(200, (await server.InferAsync(Tensors.Request())).Status);
        }
        finally
        {
            idle.ForEach(c => c.Dispose());
        }
    }

    private static void Long() => Assert.SkipUnless(Environment.GetEnvironmentVariable("FLYBALL_LONG") == "1", "Takes half a minute; FLYBALL_LONG=1 runs it.");

    private async Task<string> AnswerAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host.Address.Host, server.Host.Address.Port, InferenceServer.Stop);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), InferenceServer.Stop);
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadLineAsync(InferenceServer.Stop) ?? "";
    }
}
