using Flyball.Serving;
using Flyball.Serving.Admission;
using Flyball.Serving.Degradation;
using Flyball.Tests.Serving.Modes;
using Flyball.Tests.Time;
using Microsoft.Extensions.DependencyInjection;

namespace Flyball.Tests.Serving.Admission;

/// <summary>Work that was let in under pressure, from its place to its answer.</summary>
public sealed class PressedServerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>What was let in stands behind nothing that the process's threads have yet to look at: it goes on on another thread.</summary>
    [Fact]
    public async Task What_waited_goes_on_on_a_thread_of_its_models_own()
    {
        var time = new ManualTimeProvider();
        var door = new ModelDoor("fraud", ServeDefinition.Default with { Concurrency = 1 }, time, new PoolDelay(time, _ => { }));
        await door.EnterAsync(Priority.Live, 10_000, Deadline.None, default);
        var where = EnterAndTellAsync();

        door.Queue.Leave();

        Assert.Equal(("flyball model fraud", false), await where);

        async Task<(string?, bool)> EnterAndTellAsync()
        {
            await door.EnterAsync(Priority.Live, 10_000, Deadline.None, default);
            return (Thread.CurrentThread.Name, Thread.CurrentThread.IsThreadPoolThread);
        }
    }

    [Fact]
    public async Task A_request_that_waits_when_the_server_stops_is_answered()
    {
        var server = await ModesServer.StartAsync("  concurrency: 1\n");
        var door = await TakenAsync(server);
        using var client = new HttpClient { BaseAddress = server.Client.BaseAddress };
        using var content = new StringContent(ModesServer.Row(1), System.Text.Encoding.UTF8, "application/json");
        var sent = client.PostAsync(new Uri($"/v1/models/{ModesServer.Model}/predict", UriKind.Relative), content, TestContext.Current.CancellationToken);
        Assert.True(SpinWait.SpinUntil(() => door.Queue.Waiting == 1, Patience));

        var stopping = server.DisposeAsync().AsTask();
        door.Queue.Leave();

        using (var response = await sent)
        {
            Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
        }

        await stopping;
        Assert.Equal((0, 0), (door.Queue.Running, door.Queue.Waiting));
    }

    [Fact]
    public async Task Whoever_goes_away_while_waiting_is_not_predicted_for()
    {
        await using var server = await ModesServer.StartAsync("  concurrency: 1\n");
        var door = await TakenAsync(server);
        using var gone = new CancellationTokenSource();
        using var content = new StringContent(ModesServer.Row(1), System.Text.Encoding.UTF8, "application/json");
        var sent = server.Client.PostAsync(new Uri($"/v1/models/{ModesServer.Model}/predict", UriKind.Relative), content, gone.Token);
        Assert.True(SpinWait.SpinUntil(() => door.Queue.Waiting == 1, Patience));

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sent);
        Assert.True(SpinWait.SpinUntil(() => door.Queue.Waiting == 0, Patience));
        door.Queue.Leave();
        Assert.Equal(0, door.Queue.Running);
        Assert.Empty(await server.LoggedAsync());
    }

    /// <summary>A door whose rows are known to cost much, and whose only place is taken.</summary>
    private static async Task<ModelDoor> TakenAsync(ModesServer server)
    {
        var door = server.Services.GetRequiredService<ModelAdmission>().DoorOf(ModesServer.Model, server.Services.GetRequiredService<Predictor>().DefinitionOf(ModesServer.Model));
        for (var i = 0; i < 100; i++)
        {
            var started = server.Time.GetTimestamp();
            server.Time.Advance(TimeSpan.FromMilliseconds(1));
            door.Note(1, started);
            door.NoteLength(PredictionRoute.Predict, 1, 100);
        }

        Assert.Equal(AdmissionOutcome.Admitted, await door.EnterAsync(Priority.Live, 1, Deadline.None, TestContext.Current.CancellationToken));
        return door;
    }
}
