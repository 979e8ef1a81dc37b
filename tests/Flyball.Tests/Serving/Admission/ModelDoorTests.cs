using Flyball.Serving;
using Flyball.Serving.Admission;
using Flyball.Tests.Time;

namespace Flyball.Tests.Serving.Admission;

public sealed class ModelDoorTests
{
    private readonly ManualTimeProvider time = new();
    private long pending;

    [Fact]
    public void A_long_request_is_refused_unread_while_work_waits_for_threads_and_a_short_one_is_not()
    {
        var door = Door();
        Assert.False(door.IsClosedTo(Priority.Live, 100_000));

        pending = 10_000;

        Assert.True(door.IsClosedTo(Priority.Live, 100_000));
        Assert.False(door.IsClosedTo(Priority.Live, 100));
    }

    [Fact]
    public async Task A_long_request_is_refused_unread_when_the_queue_is_full()
    {
        var door = Door();
        for (var i = 0; i < door.Queue.Width; i++)
        {
            await door.Queue.EnterAsync(Priority.Live, 10_000, Flyball.Serving.Degradation.Deadline.None, default);
        }

        Assert.False(door.IsClosedTo(Priority.Live, 100_000));
        _ = door.Queue.EnterAsync(Priority.Live, 1e9, Flyball.Serving.Degradation.Deadline.None, default).AsTask();

        Assert.True(door.IsClosedTo(Priority.Live, 100_000));
    }

    [Fact]
    public void Nothing_is_refused_before_anything_was_measured()
    {
        pending = 10_000;
        Assert.False(new ModelDoor(ServeDefinition.Default, time, () => pending).IsClosedTo(Priority.Live, 1 << 20));
    }

    /// <summary>Rows of a hundred bytes take ten microseconds each.</summary>
    private ModelDoor Door()
    {
        var door = new ModelDoor(ServeDefinition.Default, time, () => pending);
        for (var i = 0; i < 200; i++)
        {
            var started = time.GetTimestamp();
            time.Advance(TimeSpan.FromMicroseconds(100));
            door.Note(10, started);
            door.NoteLength(10, 1_000);
        }

        return door;
    }
}
