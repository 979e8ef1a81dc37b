using Flyball.Serving;
using Flyball.Serving.Admission;
using Flyball.Serving.Degradation;
using Flyball.Tests.Time;

namespace Flyball.Tests.Serving.Admission;

public sealed class ModelDoorTests
{
    private readonly ManualTimeProvider time = new();

    /// <summary>Probes stand in the line of the process's threads until they are executed.</summary>
    private readonly List<IThreadPoolWorkItem> probes = [];

    [Fact]
    public async Task A_long_request_is_refused_unread_when_the_queue_is_full_and_a_short_one_is_not()
    {
        var door = Door();
        await FillAsync(door);
        Assert.False(door.IsClosedTo(PredictionRoute.Predict, 100_000));

        _ = door.Queue.EnterAsync(Priority.Live, 1e9, Deadline.None, default).AsTask();

        Assert.True(door.IsClosedTo(PredictionRoute.Predict, 100_000));
        Assert.False(door.IsClosedTo(PredictionRoute.Predict, 100));
    }

    [Fact]
    public async Task A_long_wait_for_threads_closes_a_door_behind_which_work_waits_and_no_other()
    {
        var door = Door(concurrency: 1);
        var free = Door(concurrency: 2);
        foreach (var one in (ModelDoor[])[door, free])
        {
            _ = one.Queue.EnterAsync(Priority.Live, 10_000, Deadline.None, default).AsTask();
            _ = one == door ? one.Queue.EnterAsync(Priority.Live, 1, Deadline.None, default).AsTask() : null;
        }

        Assert.False(door.IsClosedTo(PredictionRoute.Predict, 100_000));
        time.Advance(TimeSpan.FromMilliseconds(200));

        Assert.True(door.IsClosedTo(PredictionRoute.Predict, 100_000));
        Assert.False(free.IsClosedTo(PredictionRoute.Predict, 100_000));
        probes.ForEach(p => p.Execute());
        time.Advance(TimeSpan.FromMilliseconds(60));
        Assert.False(door.IsClosedTo(PredictionRoute.Predict, 100_000));
    }

    [Fact]
    public async Task A_request_of_unknown_length_is_taken_to_be_as_long_as_others_that_came_its_way()
    {
        var door = Door();
        for (var i = 0; i < 100; i++)
        {
            door.NoteLength(PredictionRoute.InferenceGrpc, 1_000, 8_000);
            door.NoteLength(PredictionRoute.Invocations, 2, 200);
        }

        await FillAsync(door);
        _ = door.Queue.EnterAsync(Priority.Live, 1e9, Deadline.None, default).AsTask();

        Assert.True(door.IsClosedTo(PredictionRoute.InferenceGrpc, null));
        Assert.False(door.IsClosedTo(PredictionRoute.Invocations, null));
    }

    [Fact]
    public void Rows_are_told_from_bytes_by_the_way_they_come()
    {
        var door = Door();
        for (var i = 0; i < 100; i++)
        {
            door.NoteLength(PredictionRoute.InferenceHttp, 10, 100);
        }

        Assert.Equal(door.CostOf(100), door.ExpectedOf(PredictionRoute.InferenceHttp, 1_000), 6);
        Assert.Equal(door.CostOf(10), door.ExpectedOf(PredictionRoute.Predict, 1_000), 6);
        Assert.Equal(door.CostOf(10), door.ExpectedOf(PredictionRoute.Test, 1_000), 6);
        Assert.Equal(0, door.ExpectedOf(PredictionRoute.Invocations, 1_000));
    }

    [Fact]
    public async Task Nothing_is_refused_before_anything_was_measured()
    {
        var door = new ModelDoor("m", ServeDefinition.Default, time, new PoolDelay(time, probes.Add));
        await FillAsync(door);
        _ = door.Queue.EnterAsync(Priority.Live, 1e9, Deadline.None, default).AsTask();
        Assert.False(door.IsClosedTo(PredictionRoute.Predict, 1 << 20));
        Assert.False(door.IsClosedTo(PredictionRoute.Predict, null));
    }

    private static async Task FillAsync(ModelDoor door)
    {
        for (var i = 0; i < door.Queue.Width; i++)
        {
            Assert.Equal(AdmissionOutcome.Admitted, await door.Queue.EnterAsync(Priority.Live, 10_000, Deadline.None, default));
        }
    }

    /// <summary>Rows of a hundred bytes take ten microseconds each.</summary>
    private ModelDoor Door(int? concurrency = null)
    {
        var door = new ModelDoor("m", ServeDefinition.Default with { Concurrency = concurrency }, time, new PoolDelay(time, probes.Add));
        for (var i = 0; i < 200; i++)
        {
            var started = time.GetTimestamp();
            time.Advance(TimeSpan.FromMicroseconds(100));
            door.Note(10, started);
            door.NoteLength(PredictionRoute.Predict, 10, 1_000);
        }

        return door;
    }
}
