using System.Net.Sockets;
using System.Text;
using Flyball.Tests.Serving.Modes;

namespace Flyball.Tests.Serving;

/// <summary>A body may take an hour to come. What answers it is what is in force by then, and not a version that was rolled back meanwhile.</summary>
public sealed class SlowBodyTests
{
    private const string Payment = """{"transaction_id":7,"event_time":"2026-03-01T11:00:00Z","customer_id":1,"terminal_id":1,"amount":100}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/models/fraud/predict", "application/json", Payment, "\"version\":5")]
    [InlineData("/v1/models/fraud/invocations", "application/json", "{\"instances\":[" + Payment + "],\"params\":{\"details\":true}}", "\"version\":5")]
    [InlineData("/v1/models/fraud/invocations", "text/csv", "transaction_id,event_time,customer_id,terminal_id,amount\n7,2026-03-01T11:00:00Z,1,1,1000\n", "0.9933")]
    [InlineData(
        "/v2/models/fraud/infer",
        "application/json",
        """{"inputs":[{"name":"transaction_id","shape":[1],"datatype":"INT64","data":[1]},{"name":"event_time","shape":[1],"datatype":"BYTES","data":["2026-03-01T11:00:00Z"]},{"name":"customer_id","shape":[1],"datatype":"INT64","data":[1]},{"name":"terminal_id","shape":[1],"datatype":"INT64","data":[1]},{"name":"amount","shape":[1],"datatype":"FP64","data":[100]}]}""",
        "\"model_version\":\"5\"")]
    public async Task A_request_whose_body_comes_slowly_is_answered_by_the_version_in_force_when_it_is_there(string path, string type, string body, string told)
    {
        await using var server = await ModesServer.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host.Address.Host, server.Host.Address.Port, Cancellation);
        var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"), Cancellation);

        // The server asks for the body: it has begun with the request.
        var buffer = new byte[4096];
        var count = await stream.ReadAsync(buffer, Cancellation);
        Assert.StartsWith("HTTP/1.1 100", Encoding.ASCII.GetString(buffer, 0, count), StringComparison.Ordinal);
        server.Promote(5);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(body), Cancellation);

        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(Cancellation);
        Assert.Contains(told, answer, StringComparison.Ordinal);
    }
}
