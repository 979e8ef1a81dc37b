namespace Flyball.Training.Leakage;

/// <summary>
/// How much of the classes one feature alone tells without error, however rare they are and however narrow the ranges that tell them.
/// <list type="number">
/// <item>Each row is told by the row of the other half whose value is nearest, by the most frequent class where several have that value; missing is a value of its own.</item>
/// <item>The figure is the share of the errors of always telling the most frequent class that are gone.</item>
/// </list>
/// Cost: sorting.
/// </summary>
internal static class NearestStrength
{
    private const int LeastOthers = 10;

    /// <summary>From 0 to 1; 0 where fewer than ten rows are not of the most frequent class.</summary>
    public static double Of(float[] values, float[] labels)
    {
        var most = labels.GroupBy(l => l).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).First().Key;
        var others = labels.Count(l => l != most);
        if (others < LeastOthers)
        {
            return 0;
        }

        var wrong = 0;
        for (var half = 0; half < 2; half++)
        {
            var known = Known(values, labels, half);
            for (var r = 1 - half; r < values.Length; r += 2)
            {
                wrong += Told(known, values[r], most) == labels[r] ? 0 : 1;
            }
        }

        return Math.Max(0, 1 - ((double)wrong / others));
    }

    private static (float[] At, float[] Class, float? Missing) Known(float[] values, float[] labels, int half)
    {
        var (keys, classes) = (new float[(values.Length + 1 - half) / 2], new float[(values.Length + 1 - half) / 2]);
        for (var i = 0; i < keys.Length; i++)
        {
            (keys[i], classes[i]) = (values[(2 * i) + half], labels[(2 * i) + half]);
        }

        // NaN comes first, and is equal to itself here.
        Array.Sort(keys, classes);
        var (at, told, missing) = (new List<float>(), new List<float>(), (float?)null);
        for (var from = 0; from < keys.Length;)
        {
            var until = from + 1;
            while (until < keys.Length && keys[until].Equals(keys[from]))
            {
                until++;
            }

            var most = until == from + 1 ? classes[from] : Frequent(classes.Skip(from).Take(until - from));
            if (float.IsNaN(keys[from]))
            {
                missing = most;
            }
            else
            {
                at.Add(keys[from]);
                told.Add(most);
            }

            from = until;
        }

        return ([.. at], [.. told], missing);
    }

    private static float Frequent(IEnumerable<float> classes) => classes.GroupBy(c => c).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).First().Key;

    private static float Told((float[] At, float[] Class, float? Missing) known, float value, float most)
    {
        if (float.IsNaN(value) || known.At.Length == 0)
        {
            return known.Missing ?? most;
        }

        var found = Array.BinarySearch(known.At, value);
        if (found >= 0)
        {
            return known.Class[found];
        }

        var above = ~found;
        var isAbove = above < known.At.Length && (above == 0 || (double)known.At[above] - value < (double)value - known.At[above - 1]);
        return known.Class[isAbove ? above : above - 1];
    }
}
