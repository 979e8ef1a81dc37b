using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Flyball.EndToEnd.Tests.Programs;

namespace Flyball.EndToEnd.Tests.Crashes;

/// <summary>
/// Several clients that append payments, singly and in batches, and write what is denied to the audit log, until the server is killed
/// under them: by the client that has just put the request on its way that was drawn for it.
/// </summary>
internal sealed class Load(FlyballServer server, int seed, long firstId, int killAtRequest)
{
    private const int Clients = 4;
    private const int AuditEvery = 10;

    private readonly Lock noting = new();
    private long nextId = firstId;
    private int begun;
    private int killed;

    public List<SentRequest> Sent { get; } = [];

    /// <summary>Denied actions whose answer arrived: their audit entries are durable.</summary>
    public int Denied { get; private set; }

    public long NextId => nextId;

    /// <summary>Runs until every client has seen the server go.</summary>
    public Task RunAsync() => Task.WhenAll(Enumerable.Range(0, Clients).Select(ClientAsync));

    private async Task ClientAsync(int client)
    {
        var draw = new Random((seed * Clients) + client);
        while (Volatile.Read(ref killed) == 0)
        {
            var number = Interlocked.Increment(ref begun);
            var answer = number % AuditEvery == 0 ? DenyAsync() : AppendAsync(draw);
            if (number == killAtRequest)
            {
                // Some other requests are being synced now, some being read, and this one is anywhere.
                Volatile.Write(ref killed, 1);
                await server.KillAsync();
            }

            try
            {
                await answer;
            }
            catch (HttpRequestException)
            {
                Assert.True(Volatile.Read(ref killed) == 1, $"a request failed while nobody had killed the server: {server.Errors}");
                return;
            }
        }
    }

    private async Task AppendAsync(Random draw)
    {
        var rows = draw.Next(3) == 0 ? draw.Next(2, 60) : 1;
        SentRequest request;
        lock (noting)
        {
            request = new SentRequest(nextId, rows, draw.Next(4) == 0 ? $"key-{nextId}" : null);
            nextId += rows;
            Sent.Add(request);
        }

        var (status, report) = await PostAsync(server, request);
        Assert.True(status == 200, $"{status}: {report.ToJsonString()}");
        Assert.Equal(rows, report["accepted"]!.GetValue<int>());
        request.Acknowledged = true;
    }

    private async Task DenyAsync()
    {
        var (status, answer) = await server.PostAsync("/v1/models/shop/rollback", """{"reason":"there is nothing to roll back"}""");
        Assert.True(status == 409, answer.ToJsonString());
        lock (noting)
        {
            Denied++;
        }
    }

    public static async Task<(int Status, JsonObject Report)> PostAsync(FlyballServer server, SentRequest request)
    {
        using var content = new StringContent(request.Body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var message = new HttpRequestMessage(HttpMethod.Post, "/v1/events/payments") { Content = content };
        if (request.Key is not null)
        {
            message.Headers.Add("Idempotency-Key", request.Key);
        }

        using var response = await server.Http.SendAsync(message);
        return ((int)response.StatusCode, (JsonObject)JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }
}
