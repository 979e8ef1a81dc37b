using Flyball.Storage.DataDirectories;

namespace Flyball.Storage.Tests.DataDirectories;

/// <summary>A process that has the directory and is starting is waited for, as long as it runs and not for ever.</summary>
public sealed class HolderSearchTests : IDisposable
{
    private readonly string path = Directory.CreateTempSubdirectory("flyball-holder-").FullName;
    private int told;

    public void Dispose() => Directory.Delete(path, recursive: true);

    [Fact]
    public async Task One_that_publishes_where_it_answers_is_waited_for_and_told_of_once()
    {
        using var directory = DataDirectory.Open(path);

        var found = await FindAsync(tick =>
        {
            if (tick == 3)
            {
                directory.PublishEndpoint("http://127.0.0.1:1");
            }
        });

        Assert.Equal("http://127.0.0.1:1", found!.Url);
        Assert.Equal(1, told);
    }

    [Fact]
    public async Task One_that_never_says_is_given_back_without_an_address_when_the_time_is_up()
    {
        using var directory = DataDirectory.Open(path);
        var ticks = 0;

        var found = await FindAsync(tick => ticks = tick);

        Assert.Null(found!.Url);
        Assert.Equal(10, ticks);
    }

    [Fact]
    public async Task One_that_ends_meanwhile_is_nobody()
    {
        var directory = DataDirectory.Open(path);

        Assert.Null(await FindAsync(tick =>
        {
            if (tick == 2)
            {
                directory.Dispose();
            }
        }));
    }

    [Fact]
    public async Task Nobody_is_not_waited_for()
    {
        Assert.Null(await FindAsync(_ => Assert.Fail("It waited.")));
        Assert.Equal(0, told);
    }

    private Task<DataDirectoryHolder?> FindAsync(Action<int> onTick) =>
        new HolderSearch(new Impatient(onTick), TimeSpan.FromSeconds(1)).FindAsync(path, _ => told++, TestContext.Current.CancellationToken);

    /// <summary>A clock whose every wait is over at once.</summary>
    private sealed class Impatient(Action<int> onTick) : TimeProvider
    {
        private int ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            onTick(++ticks);
            ThreadPool.QueueUserWorkItem(_ => callback(state));
            return new Timer();
        }

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
