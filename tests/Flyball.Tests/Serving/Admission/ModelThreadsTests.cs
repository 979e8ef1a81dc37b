using Flyball.Serving.Admission;

namespace Flyball.Tests.Serving.Admission;

public sealed class ModelThreadsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void Work_runs_in_its_order_on_threads_that_are_not_the_pools()
    {
        var threads = new ModelThreads("m", 1, Patience);
        using var done = new CountdownEvent(100);
        List<int> order = [];
        var ofPool = 0;
        for (var i = 0; i < 100; i++)
        {
            var number = i;
            threads.Run(new Piece(() =>
            {
                order.Add(number);
                ofPool += Thread.CurrentThread.IsThreadPoolThread ? 1 : 0;
                done.Signal();
            }));
        }

        Assert.True(done.Wait(Patience, TestContext.Current.CancellationToken));
        Assert.Equal(Enumerable.Range(0, 100), order);
        Assert.Equal(0, ofPool);
        Assert.Equal(1, threads.Count);
    }

    [Fact]
    public void So_many_pieces_run_at_once_as_there_may_be_threads_and_no_more()
    {
        var threads = new ModelThreads("m", 3, Patience);
        using var three = new CountdownEvent(3);
        using var all = new CountdownEvent(9);
        using var go = new ManualResetEventSlim();
        for (var i = 0; i < 9; i++)
        {
            threads.Run(new Piece(() =>
            {
                if (!three.IsSet)
                {
                    three.Signal();
                }

                go.Wait(Patience);
                all.Signal();
            }));
        }

        Assert.True(three.Wait(Patience, TestContext.Current.CancellationToken));
        Assert.Equal(3, threads.Count);
        Assert.Equal(9, all.CurrentCount);
        go.Set();
        Assert.True(all.Wait(Patience, TestContext.Current.CancellationToken));
        Assert.Equal(3, threads.Count);
    }

    [Fact]
    public void A_thread_without_work_ends_and_another_is_started_for_the_next()
    {
        var threads = new ModelThreads("m", 1, TimeSpan.FromMilliseconds(1));
        for (var round = 0; round < 3; round++)
        {
            using var done = new ManualResetEventSlim();
            threads.Run(new Piece(done.Set));
            Assert.True(done.Wait(Patience, TestContext.Current.CancellationToken));
            Assert.True(SpinWait.SpinUntil(() => threads.Count == 0, Patience));
        }
    }

    private sealed class Piece(Action what) : IThreadPoolWorkItem
    {
        public void Execute() => what();
    }
}
