using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Engine.Windows;

namespace Flyball.Engine.Tests.Windows;

/// <summary>
/// The length of a window's tiles, seen from outside: a running sum that overflows inside a tile gives null, and one that is brought back
/// at the tile's end does not. So two rows that overflow together tell whether a third, on the other side of a boundary, came between them.
/// </summary>
public sealed class TileLadderTests
{
    private const long Second = RandomLogs.Second;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(16, 1)]
    [InlineData(79, 1)]
    [InlineData(80, 5)]
    [InlineData(239, 5)]
    [InlineData(240, 15)]
    [InlineData(960, 60)]
    [InlineData(4_800, 300)]
    [InlineData(14_400, 900)]
    [InlineData(57_600, 3_600)]
    [InlineData(345_600, 21_600)]
    [InlineData(1_382_400, 86_400)]
    [InlineData(9_676_800, 604_800)]
    [InlineData(38_707_200, 2_419_200)]
    [InlineData(2_592_000, 86_400)]
    public void Tiles_have_the_length_that_the_ladder_gives(long windowSeconds, long tileSeconds)
    {
        var (window, tile) = (windowSeconds * Second, tileSeconds * Second);
        foreach (var start in new[] { 0, 7 * tile, -3 * tile })
        {
            // Within one tile the first two overflow before the third can help.
            Assert.Equal(Value.Null, Sum(window, (start, 1e308), (start + tile - 2, 1e308), (start + tile - 1, -1e308)));

            // With the boundary behind the first, the other two cancel within their tile.
            if (window > tile)
            {
                Assert.Equal(Value.FromNumber(1e308), Sum(window, (start + tile - 1, 1e308), (start + tile, 1e308), (start + tile + 1, -1e308)));
            }
        }
    }

    private static Value Sum(long window, params (long At, double X)[] rows)
    {
        var plan = EntityViewPlan.Compile([new("f", $"sum(x) over {window}us")], RandomLogs.Schema).Plan!;
        var timeline = plan.NewTimeline();
        for (var i = 0; i < rows.Length; i++)
        {
            plan.Append(timeline, new(new(rows[i].At), new(rows[i].At), i), [Value.FromNumber(rows[i].X), default, default]);
        }

        var into = new Value[1];
        Assert.True(plan.Evaluate(timeline, new(rows[^1].At + 1), Horizon.Unbounded, into));
        return into[0];
    }
}
