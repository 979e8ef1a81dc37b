using System.Net.Sockets;
using System.Text;
using Flyball.Tests.Serving.Modes;

namespace Flyball.Tests.Serving;

/// <summary>A body may take an hour to come. What answers it is what is in force by then, and not a version that was rolled back meanwhile.</summary>
public sealed class SlowBodyTests
{
    private const string Payment = """{"transaction_id":7,"event_time":"2026-03-01T11:00:00Z","customer_id":1,"terminal_id":1,"amount":100}""";

    private const string Tensors =
        """{"inputs":[{"name":"transaction_id","shape":[1],"datatype":"INT64","data":[1]},{"name":"event_time","shape":[1],"datatype":"BYTES","data":["2026-03-01T11:00:00Z"]},{"name":"customer_id","shape":[1],"datatype":"INT64","data":[1]},{"name":"terminal_id","shape":[1],"datatype":"INT64","data":[1]},{"name":"amount","shape":[1],"datatype":"FP64","data":[100]}]}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_whose_body_comes_slowly_is_answered_by_the_version_in_force_when_it_is_there()
    {
        await using var server = await ModesServer.StartAsync();
        foreach (var (version, path, type, body, told) in ((int, string, string, string, string)[])[
            (5, "/v1/models/fraud/predict", "application/json", Payment, "\"version\":5"),
            (6, "/v1/models/fraud/invocations", "application/json", $$"""{"params":{"details":true},"instances":[{{Payment}}]}""", "\"version\":6"),
            (7, "/v1/models/fraud/invocations", "text/csv", "transaction_id,event_time,customer_id,terminal_id,amount\n7,2026-03-01T11:00:00Z,1,1,1000\n", "[0.999"),
            (8, "/v2/models/fraud/infer", "application/json", Tensors, "\"model_version\":\"8\"")])
        {
            var answer = await SlowlyAsync(server, path, type, body, () => server.Promote(version));
            Assert.True(answer.Contains(told, StringComparison.Ordinal), $"{path}: {answer}");
        }
    }

    /// <summary>Sends the head of a request, lets something happen when the server asks for the body, and sends that.</summary>
    private static async Task<string> SlowlyAsync(ModesServer server, string path, string type, string body, Action meanwhile)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host.Address.Host, server.Host.Address.Port, Cancellation);
        var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"), Cancellation);

        // The server asks for the body: it has begun with the request.
        var buffer = new byte[4096];
        var count = await stream.ReadAsync(buffer, Cancellation);
        Assert.StartsWith("HTTP/1.1 100", Encoding.ASCII.GetString(buffer, 0, count), StringComparison.Ordinal);
        meanwhile();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(body), Cancellation);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Cancellation);
    }
}
