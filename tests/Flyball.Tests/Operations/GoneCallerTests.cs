using Flyball.Server.Operations;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Flyball.Tests.Operations;

/// <summary>A caller who goes in the middle of a request is no defect.</summary>
public sealed class GoneCallerTests
{
    [Fact]
    public async Task A_stream_that_its_caller_gave_up_is_nothing_to_tell()
    {
        var (status, log) = await RunAsync(new IOException("The request stream was aborted.", new ConnectionAbortedException()));

        Assert.Equal((200, 0), (status, log.Count));
    }

    [Fact]
    public async Task What_breaks_while_the_caller_is_there_is_a_defect_as_before()
    {
        var (status, log) = await RunAsync(new IOException("No space left on device."));

        Assert.Equal(500, status);
        Assert.Equal(9000, Assert.Single(log));
    }

    [Fact]
    public async Task A_body_that_is_broken_is_a_bad_request_as_before() =>
        Assert.Equal((400, 0), (await RunAsync(new BadHttpRequestException("Unexpected end of request content.", 400, new ConnectionAbortedException()))) is var (status, log) ? (status, log.Count) : default);

    private static async Task<(int Status, List<int> Log)> RunAsync(Exception thrown)
    {
        var log = new Events();
        var context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
        await new UnhandledProblems(_ => throw thrown, log, new Lifetime()).InvokeAsync(context);
        return (context.Response.StatusCode, log.Ids);
    }

    private sealed class Events : ILogger<UnhandledProblems>
    {
        public List<int> Ids { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Ids.Add(eventId.Id);
    }

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
        }
    }
}
