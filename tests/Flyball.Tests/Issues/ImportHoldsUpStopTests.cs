using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Contracts.Ingestion;
using Flyball.Tests.Contracts;
using Flyball.Workspaces;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Flyball.Tests.Issues;

/// <summary>A slow import held an apply up for the host's whole timeout, with the server refusing everybody, and ended as a defect in the log.</summary>
public sealed class ImportHoldsUpStopTests : IAsyncLifetime
{
    private readonly LogFixture logs = new();
    private readonly ImportDoor door = new();
    private readonly string folder = Directory.CreateTempSubdirectory("flyball-stop-").FullName;
    private Workspace workspace = null!;

    public ValueTask InitializeAsync()
    {
        workspace = Workspace.Open(folder, TimeProvider.System, []);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        door.Dispose();
        await workspace.DisposeAsync();
        await logs.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task An_upload_on_its_way_is_answered_to_come_again_when_the_server_is_to_stop()
    {
        using var body = new EndlessBody();
        var context = Request(body);
        var answered = ImportEndpoint.PostAsync("transactions", null, null, context, logs.Log, workspace, door);
        await body.WasRead;
        Assert.False(door.WhenEmpty.IsCompleted);

        door.Close();

        Assert.Equal((503, "FLY2047"), await ReadAsync(await answered, context));
        Assert.Equal("5", context.Response.Headers.RetryAfter.ToString());
        Assert.True(door.WhenEmpty.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Nobody_is_let_in_once_the_server_is_to_stop()
    {
        door.Close();
        door.Close();
        var context = Request(new MemoryStream("transaction_id\n"u8.ToArray()));

        var answer = await ImportEndpoint.PostAsync("transactions", null, null, context, logs.Log, workspace, door);

        Assert.Equal((503, "FLY2047"), await ReadAsync(answer, context));
        Assert.True(door.WhenEmpty.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task The_door_is_empty_when_the_last_one_has_left_and_a_sender_that_went_is_not_asked()
    {
        using var gone = new CancellationTokenSource();
        var (first, second) = (door.Enter(default)!, door.Enter(gone.Token)!);
        await gone.CancelAsync();
        Assert.True(second.Token.IsCancellationRequested);
        Assert.False(first.Token.IsCancellationRequested);
        door.Close();
        Assert.True(first.IsAskedToLeave);
        Assert.False(second.IsAskedToLeave);
        first.Dispose();
        Assert.False(door.WhenEmpty.IsCompleted);
        second.Dispose();
        Assert.True(door.WhenEmpty.IsCompleted);
    }

    private static DefaultHttpContext Request(Stream body)
    {
        var context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
        context.Request.ContentType = "text/csv";
        context.Request.Body = body;
        context.Response.Body = new MemoryStream();
        context.Features.Set(LogFixture.Tester);
        return context;
    }

    private static async Task<(int Status, string? Code)> ReadAsync(IResult answer, HttpContext context)
    {
        await answer.ExecuteAsync(context);
        context.Response.Body.Position = 0;
        return (context.Response.StatusCode, (string?)(await JsonNode.ParseAsync(context.Response.Body))!["code"]);
    }

    /// <summary>Sends one piece and then nothing, as a sender on a bad line does.</summary>
    private sealed class EndlessBody : MemoryStream
    {
        private readonly TaskCompletionSource read = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool began;

        public Task WasRead => read.Task;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!began)
            {
                began = true;
                buffer.Span[0] = (byte)'t';
                return 1;
            }

            read.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }
}
