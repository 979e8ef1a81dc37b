using Flyball.Serving.Admission;
using Flyball.Tests.Time;

namespace Flyball.Tests.Serving.Admission;

public sealed class BurstBudgetTests
{
    private readonly ManualTimeProvider time = new();

    [Fact]
    public void Waiting_spends_the_budget_and_no_more_than_there_is()
    {
        var budget = new BurstBudget(100_000, time);
        time.Advance(TimeSpan.FromMilliseconds(30));
        Assert.Equal(70_000, budget.Left(waits: true), 3);
        time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(0, budget.Left(waits: true), 3);
    }

    [Fact]
    public void It_comes_back_four_times_as_fast_while_nothing_waits_and_never_beyond_the_whole()
    {
        var budget = Spent();
        time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal(40_000, budget.Left(waits: false), 3);
        time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(100_000, budget.Left(waits: false), 3);
    }

    /// <summary>A model that is busy for nine tenths of the time, and one fifth of it without work that waits, has its budget.</summary>
    [Fact]
    public void Much_work_without_refusals_keeps_the_budget()
    {
        var budget = Spent();
        for (var i = 0; i < 1000; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(7));
            _ = budget.Left(waits: true);
            time.Advance(TimeSpan.FromMilliseconds(3));
            _ = budget.Left(waits: false);
        }

        Assert.InRange(budget.Left(waits: false), 90_000, 100_000);
    }

    [Fact]
    public void An_instant_without_waiting_work_gives_back_nothing_while_work_is_refused()
    {
        var budget = Spent();
        for (var i = 0; i < 1000; i++)
        {
            budget.NoteRefused();
            time.Advance(TimeSpan.FromMilliseconds(8));
            _ = budget.Left(waits: true);
            time.Advance(TimeSpan.FromMilliseconds(2));
            Assert.InRange(budget.Left(waits: false), 0, 250);
        }

        time.Advance(TimeSpan.FromMilliseconds(100));
        _ = budget.Left(waits: true);
        time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal(40_000, budget.Left(waits: false), 3);
    }

    private BurstBudget Spent()
    {
        var budget = new BurstBudget(100_000, time);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, budget.Left(waits: true));
        return budget;
    }
}
