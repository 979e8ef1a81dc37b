namespace Flyball.Engine.Evaluation.Resampling;

/// <summary>Rows drawn singly, within consecutive strata of an order; one stratum is the plain bootstrap.</summary>
/// <param name="ends">The end of each stratum in the order.</param>
/// <param name="order">Places, stratum by stratum.</param>
internal sealed class StratumDraws(string name, int[] ends, int[] order) : Resample(name, order.Length)
{
    internal override void Draw(ref SeededGenerator generator, List<int> into)
    {
        into.Clear();
        var start = 0;
        foreach (var end in ends)
        {
            for (var i = start; i < end; i++)
            {
                into.Add(order[start + generator.Below(end - start)]);
            }

            start = end;
        }
    }
}
