using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Quality;

/// <summary>A text of too many values to be categories, counted as its reference counts it. Parts of a batch merge exactly. Not thread-safe.</summary>
internal sealed class TextCounts(TextShape shape)
{
    public long Blanks { get; private set; }

    public long[] Lengths { get; } = new long[shape.Lengths.Count];

    public long[] Spread { get; } = new long[TextShape.SpreadCells];

    public void Add(in Value value)
    {
        var text = value.AsText;
        Blanks += TextShape.LengthOf(text) == 0 ? 1 : 0;
        Lengths[shape.LengthCellOf(text)]++;
        Spread[TextShape.SpreadCellOf(value)]++;
    }

    public void Merge(TextCounts other)
    {
        Blanks += other.Blanks;
        for (var i = 0; i < Lengths.Length; i++)
        {
            Lengths[i] += other.Lengths[i];
        }

        for (var i = 0; i < Spread.Length; i++)
        {
            Spread[i] += other.Spread[i];
        }
    }

    public void Clear()
    {
        Blanks = 0;
        Array.Clear(Lengths);
        Array.Clear(Spread);
    }
}
