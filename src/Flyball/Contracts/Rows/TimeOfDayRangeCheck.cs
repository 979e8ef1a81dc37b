using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Rows;

/// <summary>A time of day within bounds, each closed or open; null is no bound.</summary>
internal sealed class TimeOfDayRangeCheck((string? Text, bool IsOpen) least, (string? Text, bool IsOpen) most, Problem broken) : IRangeCheck
{
    public Problem Broken => broken;

    public ValueRange Range => new(least.Text, least.IsOpen, most.Text, most.IsOpen);

    public bool Holds(in Value value)
    {
        var text = value.AsText;
        return (least.Text is null || string.CompareOrdinal(text, least.Text) is var low && (least.IsOpen ? low > 0 : low >= 0))
            && (most.Text is null || string.CompareOrdinal(text, most.Text) is var high && (most.IsOpen ? high < 0 : high <= 0));
    }
}
