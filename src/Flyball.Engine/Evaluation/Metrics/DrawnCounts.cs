namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>
/// What metrics of the same drawn rows have in common, counted once for all of them.
/// <list type="number">
/// <item>A draw is given; nothing is counted yet.</item>
/// <item>The first metric that asks for a count makes it, the others find it.</item>
/// <item>The counters are used again by the next draw, so that a replicate allocates nothing.</item>
/// </list>
/// For one thread.
/// </summary>
internal sealed class DrawnCounts
{
    private readonly List<(double Threshold, Confusion Counts)> confused = [];
    private readonly List<(int Bins, WidthBins Sums)> binned = [];
    private int[] places = [];
    private int count;
    private int[]? cells;
    private int[]? areaCells;
    private int positives = -1;
    private MetricValue?[] areas = [];
    private ConfusionMatrix? table;
    private int[] sorted = [];
    private int[] next = [];

    /// <summary>The rows drawn from, as last given.</summary>
    public ScoredRows Rows { get; private set; } = ScoredRows.Binary([], []);

    /// <summary>The places drawn.</summary>
    public ReadOnlySpan<int> Places => places.AsSpan(0, count);

    /// <summary>Counts of the two classes by rank of their score.</summary>
    public RankCounts Ranks
    {
        get
        {
            if (positives >= 0)
            {
                return RankCounts.Again(cells!, Rows.RanksOf(0).Distinct, count, positives);
            }

            var counts = RankCounts.Into(ref cells, Rows, 0, Places);
            positives = counts.Positives;
            return counts;
        }
    }

    /// <summary>Rows by real and predicted class.</summary>
    public ConfusionMatrix Table => table ??= ConfusionMatrix.Of(Rows, Places);

    /// <summary>Begins with a draw; what was counted of the one before is forgotten.</summary>
    public DrawnCounts Of(ScoredRows rows, ReadOnlySpan<int> drawn)
    {
        (Rows, count, positives, table) = (rows, drawn.Length, -1, null);
        if (places.Length < count)
        {
            places = new int[count];
        }

        drawn.CopyTo(places);
        confused.Clear();
        binned.Clear();
        if (areas.Length < rows.Outputs)
        {
            areas = new MetricValue?[rows.Outputs];
        }

        Array.Clear(areas);
        return this;
    }

    /// <summary>The decision at a threshold, counted.</summary>
    public Confusion Confused(double threshold)
    {
        foreach (var (at, counts) in confused)
        {
            if (at.Equals(threshold))
            {
                return counts;
            }
        }

        var found = BinaryRowMetrics.Confuse(Rows, Places, threshold);
        confused.Add((threshold, found));
        return found;
    }

    /// <summary>Sums by bin of the score, of equal width.</summary>
    public WidthBins Binned(int bins)
    {
        foreach (var (made, sums) in binned)
        {
            if (made == bins)
            {
                return sums;
            }
        }

        var found = new WidthBins(bins);
        var scores = Rows.Scores;
        var codes = Rows.RanksOf(0).Codes;
        foreach (var row in Places)
        {
            found.Add(scores[row], codes[row] & 1);
        }

        binned.Add((bins, found));
        return found;
    }

    /// <summary>Area under the curve of one class against the rest.</summary>
    public MetricValue Area(int output) => areas[output] ??= ThresholdFreeMetrics.RocAuc(RankCounts.Into(ref areaCells, Rows, output, Places));

    /// <summary>The sum of what each drawn row adds, in the order drawn.</summary>
    public double Sum(double[] terms)
    {
        double sum = 0;
        foreach (var row in Places)
        {
            sum += terms[row];
        }

        return sum;
    }

    /// <summary><see cref="CalibrationError.EqualFrequency"/> of the draw, its rows put in order by their ranks.</summary>
    public double EqualMass(int bins)
    {
        var order = Ordered();
        var scores = Rows.Scores;
        var codes = Rows.RanksOf(0).Codes;
        double sum = 0;
        var start = 0;
        for (var bin = 0; bin < bins; bin++)
        {
            // The first parts take the rows left over.
            var end = start + (order.Length / bins) + (bin < order.Length % bins ? 1 : 0);
            double score = 0, found = 0;
            foreach (var row in order[start..end])
            {
                score += scores[row];
                found += codes[row] & 1;
            }

            sum += Math.Abs(score - found);
            start = end;
        }

        return sum / order.Length;
    }

    /// <summary>The drawn places by ascending score, equal scores as they were drawn: a counting sort, O(rows).</summary>
    private ReadOnlySpan<int> Ordered()
    {
        var cells = Ranks.Cells;
        if (next.Length < cells.Length / 2)
        {
            next = new int[cells.Length / 2];
        }

        var before = 0;
        for (var cell = 0; cell < cells.Length; cell += 2)
        {
            next[cell >> 1] = before;
            before += cells[cell] + cells[cell + 1];
        }

        if (sorted.Length < count)
        {
            sorted = new int[count];
        }

        var codes = Rows.RanksOf(0).Codes;
        foreach (var row in Places)
        {
            sorted[next[codes[row] >> 1]++] = row;
        }

        return sorted.AsSpan(0, count);
    }
}
