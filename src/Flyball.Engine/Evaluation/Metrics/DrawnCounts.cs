using System.Runtime.InteropServices;

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
    private List<int> places = [];
    private int[]? rankCells;
    private int[]? areaCells;
    private int positives = -1;
    private MetricValue?[] areas = [];
    private ConfusionMatrix? table;

    /// <summary>The rows drawn from, as last given.</summary>
    public ScoredRows Rows { get; private set; } = ScoredRows.Binary([], []);

    /// <summary>The places drawn.</summary>
    public ReadOnlySpan<int> Places => CollectionsMarshal.AsSpan(places);

    /// <summary>Counts of the two classes by rank of their score.</summary>
    public RankCounts Ranks
    {
        get
        {
            if (positives >= 0)
            {
                return RankCounts.Again(rankCells!, Rows.RanksOf(0).Distinct, places.Count, positives);
            }

            var counts = RankCounts.Into(ref rankCells, Rows, 0, Places);
            positives = counts.Positives;
            return counts;
        }
    }

    /// <summary>Rows by real and predicted class.</summary>
    public ConfusionMatrix Table => table ??= ConfusionMatrix.Of(Rows, Places);

    /// <summary>Begins with a draw; what was counted of the one before is forgotten.</summary>
    /// <param name="rows">The rows drawn from.</param>
    /// <param name="drawn">Their places, which stay as they are until the next draw is given.</param>
    public DrawnCounts Of(ScoredRows rows, List<int> drawn)
    {
        (Rows, places, positives, table) = (rows, drawn, -1, null);
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

        // Rows and positives are whole numbers and come from the ranks; scores are added in the order drawn, on which the sum depends.
        var found = new WidthBins(bins);
        var cells = Ranks.Cells;
        var ends = Rows.RankEndsOf(bins);
        var rank = 0;
        for (var bin = 0; bin < bins; bin++)
        {
            int negatives = 0, hits = 0;
            for (; rank < ends[bin]; rank++)
            {
                negatives += cells[2 * rank];
                hits += cells[(2 * rank) + 1];
            }

            found.Count(bin, negatives, hits);
        }

        found.Add(Rows.Scores, Rows.BinsOf(bins), Places);
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

    /// <summary>
    /// <see cref="CalibrationError.EqualFrequency"/> of the draw, from counts by rank. Where a bin ends between rows of equal score the
    /// ones drawn first belong to it: only then are the rows themselves looked at.
    /// </summary>
    public double EqualMass(int bins)
    {
        var cells = Ranks.Cells;
        var scores = Rows.RanksOf(0).Scores;
        var count = places.Count;
        double sum = 0, score = 0, found = 0;
        int rank = -1, used = 0, left = 0;
        for (var bin = 0; bin < bins; bin++)
        {
            // The first parts take the rows left over.
            var room = (count / bins) + (bin < count % bins ? 1 : 0);
            (score, found) = (0, 0);
            while (room > 0)
            {
                if (left == 0)
                {
                    rank++;
                    (used, left) = (0, cells[2 * rank] + cells[(2 * rank) + 1]);
                    continue;
                }

                if (used == 0 && left == 1)
                {
                    score += scores[rank];
                    found += cells[(2 * rank) + 1];
                    (left, room) = (0, room - 1);
                    continue;
                }

                var taken = Math.Min(room, left);
                for (var i = 0; i < taken; i++)
                {
                    score += scores[rank];
                }

                found += PositivesOf(rank, used, taken);
                (used, left, room) = (used + taken, left - taken, room - taken);
            }

            sum += Math.Abs(score - found);
        }

        return sum / count;
    }

    /// <summary>Positives among some of a rank's rows, in the order drawn.</summary>
    private int PositivesOf(int rank, int from, int taken)
    {
        var cells = Ranks.Cells;
        int negatives = cells[2 * rank], hits = cells[(2 * rank) + 1];
        if (negatives == 0 || hits == 0 || taken == negatives + hits)
        {
            return hits == 0 ? 0 : negatives == 0 ? taken : hits;
        }

        var codes = Rows.RanksOf(0).Codes;
        int seen = 0, found = 0;
        foreach (var row in Places)
        {
            if (codes[row] >> 1 == rank)
            {
                found += seen >= from && seen < from + taken ? codes[row] & 1 : 0;
                seen++;
            }
        }

        return found;
    }
}
