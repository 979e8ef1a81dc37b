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

        Assert.InRange(cost.Of(1), 20, 250);
    }

    [Fact]
    public void Rows_that_stay_slow_are_expected_to_be()
    {
        var cost = new WorkCost();
        Assert.Equal(0, cost.Of(1000));
        for (var i = 0; i < 100; i++)
        {
            cost.Note(10, 20_000);
        }

        Assert.InRange(cost.Of(3), 0.95 * 6_000, 6_000);
    }
}
