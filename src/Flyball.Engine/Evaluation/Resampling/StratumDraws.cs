using System.Runtime.InteropServices;

namespace Flyball.Engine.Evaluation.Resampling;

/// <summary>Rows drawn singly, within consecutive strata of an order; one stratum is the plain bootstrap.</summary>
/// <param name="ends">The end of each stratum in the order.</param>
/// <param name="order">Places, stratum by stratum.</param>
internal sealed class StratumDraws(string name, int[] ends, int[] order) : Resample(name, order.Length)
{
    internal override void Draw(ref SeededGenerator generator, List<int> into)
    {
        CollectionsMarshal.SetCount(into, order.Length);
        var drawn = CollectionsMarshal.AsSpan(into);

        // A copy of the generator stays in registers.
        var own = generator;
        var start = 0;
        foreach (var end in ends)
        {
            var stratum = order.AsSpan(start, end - start);
            for (var i = start; i < end; i++)
            {
                drawn[i] = stratum[own.Below(stratum.Length)];
            }

            start = end;
        }

        generator = own;
    }
}
