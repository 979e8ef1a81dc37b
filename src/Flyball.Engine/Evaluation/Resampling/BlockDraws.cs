namespace Flyball.Engine.Evaluation.Resampling;

/// <summary>Blocks that begin anywhere and lie within the rows; the last one is cut to the number of rows.</summary>
internal sealed class BlockDraws(int rows, int length) : Resample(FormattableString.Invariant($"blocks of {length}"), rows)
{
    internal override void Draw(ref SeededGenerator generator, List<int> into)
    {
        into.Clear();
        while (into.Count < Rows)
        {
            var start = generator.Below(Rows - length + 1);
            for (var i = 0; i < length && into.Count < Rows; i++)
            {
                into.Add(start + i);
            }
        }
    }
}
