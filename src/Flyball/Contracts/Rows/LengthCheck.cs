using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Rows;

/// <summary>A text of a number of characters (Unicode code points) within closed bounds.</summary>
internal sealed class LengthCheck(long least, long most, Problem broken) : IRangeCheck
{
    public Problem Broken => broken;

    public ValueRange Range => ValueRange.Of(least <= 0 ? long.MinValue : least, most);

    public bool Holds(in Value value)
    {
        var text = value.AsText;
        long length = text.Length;
        foreach (var c in text)
        {
            // Of a pair only the first half counts.
            length -= char.IsLowSurrogate(c) ? 1 : 0;
        }

        return length >= least && length <= most;
    }
}
