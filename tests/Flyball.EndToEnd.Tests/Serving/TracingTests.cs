using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Flyball.EndToEnd.Tests.Programs;

namespace Flyball.EndToEnd.Tests.Serving;

public sealed class TracingTests(DeployedShop shop)
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    [Fact]
    public async Task Spans_go_to_the_collector_that_was_named_and_log_records_are_lines_of_json()
    {
        using var folder = new TemporaryFolder();
        using var collector = new HttpListener();
        var port = FreePort();
        collector.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
        collector.Start();
        var received = collector.GetContextAsync();
        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        await using var server = FlyballServer.Begin(shop.Project, folder.Copy(shop.Data, "data"), "--log-format", "json", "--otlp-endpoint", address);
        // Flyball is ready at ADDRESS after SECONDS s
        server.Http.BaseAddress = new Uri(((string)(await ReadyRecordAsync(server))["message"]!).Split(' ')[4]);
        using (var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models/shop"))
        {
            request.Headers.Add("traceparent", $"00-{Trace}-00f067aa0ba902b7-01");
            using var answer = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        var sent = await received.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        using var body = new MemoryStream();
        await sent.Request.InputStream.CopyToAsync(body, TestContext.Current.CancellationToken);
        sent.Response.Close();
        await server.StopAsync();

        // Protobuf: the trace id as bytes, names as UTF-8.
        Assert.Equal("/v1/traces", sent.Request.Url!.AbsolutePath);
        Assert.True(body.ToArray().AsSpan().IndexOf(Convert.FromHexString(Trace)) >= 0);
        Assert.True(body.ToArray().AsSpan().IndexOf("GET /v1/models/{model}"u8) >= 0);
        Assert.Equal(0, server.ExitCode);
        foreach (var line in server.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var record = Assert.IsType<JsonObject>(JsonNode.Parse(line));
            Assert.Equal(["time", "level", "category", "event", "message"], record.Select(m => m.Key).Take(5));
        }
    }

    [Theory]
    [InlineData("FLY3936", "--drain", "61s")]
    [InlineData("FLY3937", "--otlp-endpoint", "ftp://127.0.0.1")]
    [InlineData("FLY3005", "--log-format", "xml")]
    public async Task An_option_that_cannot_be_meant_is_refused(string code, string option, string value)
    {
        var run = await FlyballProgram.RunAsync("up", "--project", shop.Project, "--json", option, value);

        Assert.Equal((2, code), (run.ExitCode, (string)run.WithoutStackTrace().Document["code"]!));
    }

    private static async Task<JsonObject> ReadyRecordAsync(FlyballServer server)
    {
        for (var waited = 0; waited < 600; waited++)
        {
            if (server.Errors.Split('\n').FirstOrDefault(l => l.Contains("Flyball is ready", StringComparison.Ordinal)) is { } line)
            {
                return (JsonObject)JsonNode.Parse(line)!;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
        }

        Assert.Fail($"it did not say that it is ready: {server.Errors}");
        return [];
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
