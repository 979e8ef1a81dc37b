using System.Runtime.InteropServices;
using Flyball.Engine.Evaluation.Metrics;

namespace Flyball.Engine.Evaluation.Resampling;

/// <summary>How rows are drawn with replacement. The places drawn count from 0 within the rows it was made for. Immutable and thread-safe.</summary>
public abstract class Resample
{
    private protected Resample(string name, int rows) => (Name, Rows) = (name, rows);

    /// <summary>How, for a report: <c>rows</c>, <c>classes apart</c>, <c>whole groups</c>, <c>blocks of 20</c>.</summary>
    public string Name { get; }

    /// <summary>Rows it draws from.</summary>
    public int Rows { get; }

    /// <summary>Each row by itself (Efron 1979).</summary>
    public static Resample OfRows(int rows) => new StratumDraws("rows", [rows], [.. Enumerable.Range(0, rows)]);

    /// <summary>Each row by itself within its stratum, so that no replicate loses one; the largest stratum number is drawn first.</summary>
    public static Resample Stratified(ReadOnlySpan<int> strata)
    {
        var order = new int[strata.Length];
        var keys = new long[strata.Length];
        for (var i = 0; i < order.Length; i++)
        {
            (order[i], keys[i]) = (i, (-(long)strata[i] * strata.Length) + i);
        }

        Array.Sort(keys, order);
        var ends = new List<int>();
        for (var i = 0; i < order.Length; i++)
        {
            if (i + 1 == order.Length || strata[order[i]] != strata[order[i + 1]])
            {
                ends.Add(i + 1);
            }
        }

        return new StratumDraws("classes apart", [.. ends], order);
    }

    /// <summary>Whole groups, such as the rows of a query or a customer, whose rows depend on each other. A replicate has as many groups, and as many rows as they have.</summary>
    public static Resample OfGroups(ReadOnlySpan<int> groups)
    {
        var places = new Dictionary<int, int>();
        var members = new List<List<int>>();
        for (var i = 0; i < groups.Length; i++)
        {
            if (!places.TryGetValue(groups[i], out var place))
            {
                places[groups[i]] = place = members.Count;
                members.Add([]);
            }

            members[place].Add(i);
        }

        return new GroupDraws(groups.Length, [.. members.Select(m => m.ToArray())]);
    }

    /// <summary>Overlapping blocks of consecutive rows, for rows in order of time whose neighbours depend on each other (Künsch 1989).</summary>
    /// <param name="rows">Rows in order of time.</param>
    /// <param name="length">Rows of a block; null for the cube root of the rows, rounded up (Hall, Horowitz and Jing 1995).</param>
    public static Resample MovingBlocks(int rows, int? length = null)
    {
        var block = length ?? (int)Math.Ceiling(Math.Cbrt(rows));
        ArgumentOutOfRangeException.ThrowIfLessThan(block, 1, nameof(length));
        return new BlockDraws(rows, Math.Min(block, Math.Max(rows, 1)));
    }

    /// <summary>
    /// The usual way for these rows: whole queries in ranking; classes apart when one has fewer rows than <paramref name="stratifyBelow"/>;
    /// moving blocks in a forecast; otherwise rows.
    /// </summary>
    public static Resample For(ScoredRows rows, ReadOnlySpan<int> chosen, int stratifyBelow = 100)
    {
        var numbers = new int[chosen.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = rows.Task == PredictionTasks.Ranking ? rows.Groups[chosen[i]] : (int)Math.Clamp(rows.Labels[chosen[i]], int.MinValue, int.MaxValue);
        }

        return rows.Task switch
        {
            PredictionTasks.Ranking => OfGroups(numbers),
            PredictionTasks.Forecast => MovingBlocks(numbers.Length),
            PredictionTasks.Binary or PredictionTasks.Multiclass when Smallest(numbers) < stratifyBelow => Stratified(numbers),
            _ => OfRows(numbers.Length),
        };
    }

    /// <summary>Fills the list with the places of one replicate, replacing what it held.</summary>
    internal abstract void Draw(ref SeededGenerator generator, List<int> into);

    /// <summary>Rows of the smallest class that occurs; with one class only, 0.</summary>
    private static int Smallest(int[] classes)
    {
        var sizes = new Dictionary<int, int>();
        foreach (var of in classes)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(sizes, of, out _)++;
        }

        return sizes.Count < 2 ? 0 : sizes.Values.Min();
    }
}
