using Flyball.Serving.Admission;
using Flyball.Tests.Time;

namespace Flyball.Tests.Serving.Admission;

public sealed class PoolDelayTests
{
    private readonly ManualTimeProvider time = new();
    private readonly List<IThreadPoolWorkItem> line = [];

    public PoolDelayTests() => time.Advance(TimeSpan.FromSeconds(1));

    [Fact]
    public void A_probe_that_still_stands_tells_how_long_it_has_stood()
    {
        var delay = new PoolDelay(time, line.Add);
        Assert.Equal(0, delay.Micros);
        time.Advance(TimeSpan.FromMilliseconds(7));
        Assert.Equal(7_000, delay.Micros);
        Assert.Single(line);
    }

    [Fact]
    public void What_a_probe_found_counts_for_a_while_and_another_is_sent()
    {
        var delay = new PoolDelay(time, line.Add);
        _ = delay.Micros;
        time.Advance(TimeSpan.FromMilliseconds(7));
        line[0].Execute();

        Assert.Equal(7_000, delay.Micros);
        Assert.Equal(2, line.Count);
        line[1].Execute();
        Assert.Equal(0, delay.Micros);

        time.Advance(TimeSpan.FromMilliseconds(20));
        _ = delay.Micros;
        time.Advance(TimeSpan.FromMilliseconds(30));
        line[2].Execute();
        time.Advance(TimeSpan.FromMilliseconds(51));
        Assert.Equal(0, delay.Micros);
    }

    [Fact]
    public void Probes_are_sent_at_most_once_a_millisecond()
    {
        var delay = new PoolDelay(time, item => item.Execute());
        var sent = 0;
        var counted = new PoolDelay(time, item => { sent++; item.Execute(); });
        for (var i = 0; i < 100; i++)
        {
            _ = counted.Micros;
            time.Advance(TimeSpan.FromMicroseconds(100));
        }

        Assert.InRange(sent, 9, 11);
        Assert.Equal(0, delay.Micros);
    }
}
