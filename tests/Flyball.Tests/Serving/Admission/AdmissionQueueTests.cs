using Flyball.Serving;
using Flyball.Serving.Admission;
using Flyball.Serving.Degradation;
using Flyball.Tests.Time;

namespace Flyball.Tests.Serving.Admission;

public sealed class AdmissionQueueTests
{
    private readonly ManualTimeProvider time = new();

    [Fact]
    public async Task As_many_run_as_there_are_places_and_the_next_waits_for_one()
    {
        var queue = Queue(2, 1000);
        Assert.Equal(AdmissionOutcome.Admitted, await EnterAsync(queue));
        Assert.Equal(AdmissionOutcome.Admitted, await EnterAsync(queue));

        var third = EnterAsync(queue);

        Assert.False(third.IsCompleted);
        Assert.Equal((2, 1), (queue.Running, queue.Waiting));
        queue.Leave();
        Assert.Equal(AdmissionOutcome.Admitted, await third);
        Assert.Equal((2, 0), (queue.Running, queue.Waiting));
    }

    [Fact]
    public async Task What_would_wait_too_long_is_refused_at_once()
    {
        var queue = Queue(1, 1000);
        await EnterAsync(queue);
        var first = EnterAsync(queue, cost: 900);
        var second = EnterAsync(queue, cost: 900);

        Assert.Equal(AdmissionOutcome.Refused, await EnterAsync(queue, cost: 1));

        queue.Leave();
        Assert.Equal(AdmissionOutcome.Admitted, await first);
        var again = EnterAsync(queue, cost: 1);
        Assert.False(again.IsCompleted);
        Assert.False(second.IsCompleted);
    }

    [Fact]
    public async Task A_burst_may_wait_long_and_lasting_overload_only_briefly()
    {
        var queue = Queue(1, 100_000);
        await EnterAsync(queue);
        List<Task<AdmissionOutcome>> burst = [.. Enumerable.Range(0, 20).Select(_ => EnterAsync(queue, cost: 4_000))];
        Assert.All(burst, b => Assert.False(b.IsCompleted));
        Assert.False(queue.IsFullFor(Priority.Live, 4_000));

        // Something has been waiting for longer than a burst may: 2 ms of work may wait from now on, and 80 ms do.
        time.Advance(TimeSpan.FromMilliseconds(101));
        Assert.True(queue.IsFullFor(Priority.Live, 1_000));
        Assert.Equal(AdmissionOutcome.Refused, await EnterAsync(queue, cost: 1_000));
        for (var i = 0; i < 19; i++)
        {
            queue.Leave();
        }

        // One of 4 ms waits: another of its kind may wait behind it, and a short one, which runs for less, may not.
        Assert.True(queue.IsFullFor(Priority.Live, 1_000));
        Assert.False(queue.IsFullFor(Priority.Live, 4_000));
        queue.Leave();
        var next = EnterAsync(queue, cost: 4_000);
        Assert.Equal(AdmissionOutcome.Refused, await EnterAsync(queue, cost: 1_000));

        // An instant without waiting work does not make lasting overload a burst.
        queue.Leave();
        Assert.Equal(AdmissionOutcome.Admitted, await next);
        time.Advance(TimeSpan.FromMilliseconds(1));
        List<Task<AdmissionOutcome>> still = [.. Enumerable.Range(0, 10).Select(_ => EnterAsync(queue, cost: 4_000))];
        Assert.InRange(still.Count(b => !b.IsCompleted), 2, 3);

        // Once nothing has waited for a while, a burst is a burst again.
        while (queue.Running > 0)
        {
            queue.Leave();
        }

        time.Advance(TimeSpan.FromMilliseconds(130));
        await EnterAsync(queue);
        Assert.All(Enumerable.Range(0, 10).Select(_ => EnterAsync(queue, cost: 4_000)), b => Assert.False(b.IsCompleted));
    }

    [Fact]
    public async Task Live_work_sends_lower_work_away_and_goes_first()
    {
        var queue = Queue(1, 1000);
        await EnterAsync(queue);
        var shadow = EnterAsync(queue, Priority.Shadow, 400);
        var later = EnterAsync(queue, Priority.Shadow, 700);
        var live = EnterAsync(queue, cost: 100);

        Assert.Equal(AdmissionOutcome.Refused, await later);
        Assert.False(shadow.IsCompleted);
        queue.Leave();
        Assert.Equal(AdmissionOutcome.Admitted, await live);
        Assert.False(shadow.IsCompleted);
        queue.Leave();
        Assert.Equal(AdmissionOutcome.Admitted, await shadow);
    }

    [Fact]
    public async Task A_batch_runs_only_where_nothing_waits()
    {
        var queue = Queue(1, 1000);
        Assert.Equal(AdmissionOutcome.Admitted, await EnterAsync(queue, Priority.Batch));
        Assert.Equal(AdmissionOutcome.Refused, await EnterAsync(queue, Priority.Batch));
    }

    [Fact]
    public async Task Whose_time_is_over_is_told_so_and_takes_no_place()
    {
        var queue = Queue(1, 1_000_000);
        await EnterAsync(queue);
        var late = EnterAsync(queue, deadline: Deadline.After(time, time.GetTimestamp(), 50_000));
        var patient = EnterAsync(queue);
        time.Advance(TimeSpan.FromMilliseconds(60));

        queue.Leave();

        Assert.Equal(AdmissionOutcome.Late, await late);
        Assert.Equal(AdmissionOutcome.Admitted, await patient);
    }

    [Fact]
    public async Task Who_gives_up_leaves_the_line()
    {
        var queue = Queue(1, 1000);
        await EnterAsync(queue);
        using var gone = new CancellationTokenSource();
        var waiting = queue.EnterAsync(Priority.Live, 900, Deadline.None, gone.Token).AsTask();

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(0, queue.Waiting);
        queue.Leave();
        Assert.Equal(0, queue.Running);
    }

    /// <summary>Whatever comes and goes: never more run than there are places, and in the end nobody is left.</summary>
    [Fact]
    public async Task Places_are_neither_lost_nor_made()
    {
        var queue = Queue(3, 50_000);
        var (running, most, admitted) = (0, 0, 0);
        async Task WorkAsync(int worker)
        {
            var random = new Random(worker);
            for (var step = 0; step < 500; step++)
            {
                if (await EnterAsync(queue, (Priority)random.Next(3), random.Next(1, 900)) != AdmissionOutcome.Admitted)
                {
                    continue;
                }

                var now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                Interlocked.Increment(ref admitted);
                await Task.Yield();
                Interlocked.Decrement(ref running);
                queue.Leave();
            }
        }

        await Task.WhenAll(Enumerable.Range(0, 40).Select(WorkAsync));

        Assert.InRange(most, 1, 3);
        Assert.InRange(admitted, 1000, 20_000);
        Assert.Equal((0, 0), (queue.Running, queue.Waiting));
    }

    /// <summary>While nothing is pressed nobody is sent elsewhere: the quiet path has no other thread in it.</summary>
    [Fact]
    public async Task Without_pressure_work_goes_on_where_it_stands()
    {
        List<IThreadPoolWorkItem> handed = [];
        var queue = new AdmissionQueue(2, 1000, time, handed.Add, () => 0);
        for (var i = 0; i < 10; i++)
        {
            Assert.True(EnterAsync(queue).IsCompletedSuccessfully);
            queue.Leave();
        }

        Assert.Empty(handed);
        Assert.True(EnterAsync(queue).IsCompletedSuccessfully);
        Assert.True(EnterAsync(queue).IsCompletedSuccessfully);
        var waits = EnterAsync(queue);
        queue.Leave();
        Assert.Single(handed);
        Assert.False(waits.IsCompleted);
        handed[0].Execute();
        Assert.Equal(AdmissionOutcome.Admitted, await waits);
    }

    [Fact]
    public void Under_pressure_work_that_finds_a_place_is_handed_on_until_all_is_calm()
    {
        List<IThreadPoolWorkItem> handed = [];
        var spent = 1_500.0;
        var queue = new AdmissionQueue(2, 100_000, time, handed.Add, () => spent);

        var pressed = EnterAsync(queue);

        Assert.False(pressed.IsCompleted);
        handed.Single().Execute();
        Assert.True(pressed.IsCompletedSuccessfully);
        queue.Leave();

        // A moment without delay is not calm yet.
        spent = 0;
        time.Advance(TimeSpan.FromMilliseconds(900));
        Assert.False(EnterAsync(queue).IsCompleted);
        handed[1].Execute();
        queue.Leave();
        time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.True(EnterAsync(queue).IsCompletedSuccessfully);
        Assert.Equal(2, handed.Count);
    }

    /// <summary>A place may be free before whoever asked has begun to wait for it: that brings no work back to where it came from.</summary>
    [Fact]
    public void What_is_let_in_before_anybody_waits_goes_on_elsewhere_all_the_same()
    {
        List<IThreadPoolWorkItem> handed = [];
        var queue = new AdmissionQueue(1, 1000, time, handed.Add, () => 0);
        _ = queue.EnterAsync(Priority.Live, 100, Deadline.None, default);
        var asked = queue.EnterAsync(Priority.Live, 100, Deadline.None, default);
        queue.Leave();
        handed.Single().Execute();

        var waits = asked.AsTask();

        Assert.False(waits.IsCompleted);
        Assert.Equal(2, handed.Count);
        handed[1].Execute();
        Assert.True(waits.IsCompletedSuccessfully);
        Assert.Equal(1, queue.Running);
    }

    /// <summary>What was waited before anybody looked is part of what may be waited.</summary>
    [Fact]
    public async Task What_was_waited_for_a_thread_shortens_what_may_be_waited_here()
    {
        var spent = 0.0;
        var queue = new AdmissionQueue(1, 10_000, time, Run, () => spent);
        await EnterAsync(queue);
        _ = EnterAsync(queue, cost: 5_000);
        Assert.False(queue.IsFullFor(Priority.Live, 1_000));

        spent = 6_000;

        Assert.True(queue.IsFullFor(Priority.Live, 1_000));
        Assert.Equal(AdmissionOutcome.Refused, await EnterAsync(queue, cost: 1_000));

        // However late everybody is: a free place is taken.
        spent = 1_000_000;
        queue.Leave();
        queue.Leave();
        Assert.Equal(AdmissionOutcome.Admitted, await EnterAsync(queue));
    }

    [Fact]
    public async Task Places_are_taken_live_before_shadow_and_in_their_order()
    {
        List<IThreadPoolWorkItem> handed = [];
        var queue = new AdmissionQueue(1, 100_000, time, handed.Add, () => 0);
        await EnterAsync(queue);
        List<(string Name, Task<AdmissionOutcome> Entered)> all =
        [
            ("first shadow", EnterAsync(queue, Priority.Shadow)), ("first live", EnterAsync(queue)), ("second shadow", EnterAsync(queue, Priority.Shadow)), ("second live", EnterAsync(queue)),
        ];
        Assert.Equal(AdmissionOutcome.Refused, await EnterAsync(queue, Priority.Batch));

        List<string> order = [];
        for (var i = 0; i < 4; i++)
        {
            queue.Leave();
            handed[i].Execute();
            order.AddRange(all.Where(a => a.Entered.IsCompletedSuccessfully && !order.Contains(a.Name)).Select(a => a.Name));
        }

        Assert.Equal(["first live", "second live", "first shadow", "second shadow"], order);
    }

    private AdmissionQueue Queue(int width, long longestWait) => new(width, longestWait, time, Run, () => 0);

    private static void Run(IThreadPoolWorkItem piece) => ThreadPool.UnsafeQueueUserWorkItem(piece, preferLocal: false);

    private static void InterlockedMax(ref int most, int seen)
    {
        for (var known = Volatile.Read(ref most); seen > known; known = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, seen, known);
        }
    }

    private static Task<AdmissionOutcome> EnterAsync(AdmissionQueue queue, Priority priority = Priority.Live, double cost = 100, Deadline? deadline = null) =>
        queue.EnterAsync(priority, cost, deadline ?? Deadline.None, CancellationToken.None).AsTask();
}
