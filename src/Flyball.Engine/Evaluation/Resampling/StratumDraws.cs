using System.Runtime.InteropServices;

namespace Flyball.Engine.Evaluation.Resampling;

/// <summary>Rows drawn singly, within consecutive strata of an order; one stratum is the plain bootstrap.</summary>
/// <param name="ends">The end of each stratum in the order.</param>
/// <param name="order">Places, stratum by stratum.</param>
internal sealed class StratumDraws(string name, int[] ends, int[] order) : Resample(name, order.Length)
{
    /// <summary>One stratum of all rows as they stand: a place is its own number.</summary>
    private readonly bool inOrder = ends.Length == 1 && order.Select((place, i) => place == i).All(same => same);

    internal override void Draw(ref SeededGenerator generator, List<int> into)
    {
        CollectionsMarshal.SetCount(into, order.Length);
        var drawn = CollectionsMarshal.AsSpan(into);

        var start = 0;
        foreach (var end in ends)
        {
            var places = drawn[start..end];
            generator.FillBelow(places, end - start);
            if (!inOrder)
            {
                foreach (ref var place in places)
                {
                    place = order[start + place];
                }
            }

            start = end;
        }
    }
}
