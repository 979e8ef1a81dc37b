namespace Flyball.Engine.Evaluation.Resampling;

/// <summary>Whole groups, the rows of each in their order.</summary>
internal sealed class GroupDraws(int rows, int[][] groups) : Resample("whole groups", rows)
{
    internal override void Draw(ref SeededGenerator generator, List<int> into)
    {
        into.Clear();
        for (var i = 0; i < groups.Length; i++)
        {
            into.AddRange(groups[generator.Below(groups.Length)]);
        }
    }
}
