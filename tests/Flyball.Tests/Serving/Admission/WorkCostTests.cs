using Flyball.Serving.Admission;

namespace Flyball.Tests.Serving.Admission;

public sealed class WorkCostTests
{
    [Fact]
    public void A_slow_first_row_is_forgotten_by_the_next_few()
    {
        var cost = new WorkCost();
        cost.Note(1, 50_000);
        for (var i = 0; i < 5; i++)
        {
            cost.Note(1, 20);
        }

        Assert.InRange(cost.Of(1), 1, 250);
    }

    [Fact]
    public void One_stall_among_quick_rows_changes_little()
    {
        var cost = new WorkCost();
        for (var i = 0; i < 1_000; i++)
        {
            cost.Note(1, i == 500 ? 50_000 : 8);
            Assert.InRange(cost.Of(1), 0, 20);
        }
    }

    [Fact]
    public void Rows_that_stay_slow_are_expected_to_be()
    {
        var cost = new WorkCost();
        Assert.Equal(0, cost.Of(1000));
        for (var i = 0; i < 150; i++)
        {
            cost.Note(10, 20_000);
        }

        Assert.InRange(cost.Of(3), 0.95 * 6_000, 6_000);
    }
}
