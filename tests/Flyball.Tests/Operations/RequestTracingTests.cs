using System.Diagnostics;
using System.Text.Json.Nodes;
using Flyball.Server.Operations;
using Flyball.Tests.Time;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flyball.Tests.Operations;

public sealed class RequestTracingTests(ITestOutputHelper output)
{
    private const string Parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    [Fact]
    public async Task A_trace_that_a_request_belongs_to_is_continued_with_a_span_of_its_own()
    {
        var seen = await SendAsync(Parent, "vendor=1");

        Assert.NotNull(seen);
        Assert.Equal(("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", "vendor=1"), (seen.TraceId.ToHexString(), seen.ParentSpanId.ToHexString(), seen.TraceStateString));
        Assert.NotEqual("00f067aa0ba902b7", seen.SpanId.ToHexString());
        Assert.True(seen.ActivityTraceFlags.HasFlag(ActivityTraceFlags.Recorded));
        Assert.Null(Activity.Current);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736")]
    [InlineData("00-00000000000000000000000000000000-00f067aa0ba902b7-01")]
    public async Task A_request_of_no_trace_has_none(string? header) => Assert.Null(await SendAsync(header, null));

    [Fact]
    public async Task A_request_of_no_trace_allocates_nothing()
    {
        var tracing = new RequestTracing(_ => Task.CompletedTask, new LogTerms(NullLogger<LogTerms>.Instance, hasScopes: false));
        var context = new DefaultHttpContext();
        await tracing.InvokeAsync(context);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            _ = tracing.InvokeAsync(context);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < 1_000_000; i++)
        {
            _ = tracing.InvokeAsync(context);
        }

        output.WriteLine(FormattableString.Invariant($"{Stopwatch.GetElapsedTime(began).TotalNanoseconds / 1_000_000:F1} ns a request"));
    }

    /// <summary>The call is a span of its own, below this server's.</summary>
    [Fact]
    public async Task Calls_to_other_servers_carry_the_trace_on()
    {
        using var other = new System.Net.HttpListener();
        var port = FreePort();
        other.Prefixes.Add(FormattableString.Invariant($"http://127.0.0.1:{port}/"));
        other.Start();
        var asked = other.GetContextAsync();
        using var http = new HttpClient(new SocketsHttpHandler());
        string? sent = null;

        await SendAsync(Parent, null, async () =>
        {
            var answer = http.GetAsync(new Uri(FormattableString.Invariant($"http://127.0.0.1:{port}/")), TestContext.Current.CancellationToken);
            var request = await asked;
            sent = request.Request.Headers["traceparent"];
            request.Response.Close();
            (await answer).Dispose();
        });

        Assert.Matches("^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$", sent);
        Assert.DoesNotContain("00f067aa0ba902b7", sent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_is_one_line_of_json_that_names_its_request_and_trace()
    {
        var time = new ManualTimeProvider();
        var formatter = new JsonLogFormatter(time);
        var scopes = new LoggerExternalScopeProvider();
        using var text = new StringWriter();

        await SendAsync(Parent, null, () =>
        {
            using (scopes.Push("a scope of somebody else"))
            using (scopes.Push(new KeyValuePair<string, object?>(LogTerms.RequestId, "0HN:1")))
            {
                formatter.Write(new LogEntry<string>(LogLevel.Warning, "Flyball.Serving", new EventId(5003), "two\nlines \"and\" <more>", new InvalidOperationException("why"), (state, _) => state), scopes, text);
            }

            return Task.CompletedTask;
        });

        var line = text.ToString();
        Assert.Equal(1, line.Count(c => c == '\n'));
        var record = JsonNode.Parse(line)!.AsObject();
        Assert.Equal(["time", "level", "category", "event", "message", "exception", "request_id", "trace_id", "span_id"], record.Select(m => m.Key));
        Assert.Equal(("warning", "Flyball.Serving", 5003, "two\nlines \"and\" <more>"), ((string)record["level"]!, (string)record["category"]!, (int)record["event"]!, (string)record["message"]!));
        Assert.Equal(("0HN:1", "4bf92f3577b34da6a3ce929d0e0e4736"), ((string)record["request_id"]!, (string)record["trace_id"]!));
    }

    private static async Task<Activity?> SendAsync(string? traceParent, string? traceState, Func<Task>? handle = null)
    {
        Activity? seen = null;
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        if (traceParent is not null)
        {
            context.Request.Headers.TraceParent = traceParent;
        }

        if (traceState is not null)
        {
            context.Request.Headers.TraceState = traceState;
        }

        await new RequestTracing(
            async _ =>
            {
                seen = Activity.Current;
                await (handle?.Invoke() ?? Task.CompletedTask);
            },
            new LogTerms(NullLogger<LogTerms>.Instance, hasScopes: false)).InvokeAsync(context);
        return seen;
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
