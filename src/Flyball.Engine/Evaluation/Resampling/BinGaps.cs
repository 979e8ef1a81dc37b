using Flyball.Engine.Evaluation.Metrics;

namespace Flyball.Engine.Evaluation.Resampling;

/// <summary>The signed gaps of some rows' bins: sums of score minus label, over all rows or over the rows of the bin.</summary>
/// <param name="bins">How many bins.</param>
/// <param name="largest">A gap is the mean over its own bin's rows; otherwise its part of the mean over all rows.</param>
internal sealed class BinGaps(int bins, bool largest)
{
    private readonly double[] sums = new double[bins];
    private readonly double[] squares = new double[bins];
    private readonly int[] rows = new int[bins];
    private int count;

    /// <summary>Rows of each bin.</summary>
    public ReadOnlySpan<int> Rows => rows;

    /// <summary>Rows of the smallest bin that has any.</summary>
    public int Fewest => rows.Where(r => r > 0).DefaultIfEmpty().Min();

    /// <summary>The calibration error of these rows.</summary>
    public double Error
    {
        get
        {
            double error = 0;
            for (var bin = 0; bin < rows.Length; bin++)
            {
                error = rows[bin] == 0 ? error : largest ? Math.Max(error, Math.Abs(Gap(bin))) : error + Math.Abs(Gap(bin));
            }

            return error;
        }
    }

    /// <summary>Counts the rows at these places, instead of those before.</summary>
    /// <param name="binOf">The bin of each row by its place.</param>
    public void Take(ScoredRows scored, ReadOnlySpan<int> places, int[] binOf)
    {
        Array.Clear(sums);
        Array.Clear(squares);
        Array.Clear(rows);
        count = places.Length;
        foreach (var row in places)
        {
            var gap = scored.Scores[row] - (scored.IsPositive(row) ? 1 : 0);
            var bin = binOf[row];
            sums[bin] += gap;
            squares[bin] += gap * gap;
            rows[bin]++;
        }
    }

    /// <summary>The signed gap; of a bin without rows 0.</summary>
    public double Gap(int bin) => rows[bin] == 0 ? 0 : sums[bin] / (largest ? rows[bin] : count);

    /// <summary>What is known of each gap's sign, and which gaps count.</summary>
    /// <param name="all">All rows: a gap is sure beyond sqrt(ln n) standard errors.</param>
    public GapSign[] Signs(int all)
    {
        var width = Math.Sqrt(Math.Log(Math.Max(all, 2)));
        double[] reach = [.. Enumerable.Range(0, rows.Length).Select(b => width * StandardError(b))];
        var top = Enumerable.Range(0, rows.Length).Where(b => rows[b] > 0).Select(b => Math.Abs(Gap(b)) - reach[b]).DefaultIfEmpty().Max();
        return
        [
            .. Enumerable.Range(0, rows.Length).Select(b => new GapSign(
                Gap(b) < 0 ? -1 : 1,
                Math.Abs(Gap(b)) > reach[b],
                rows[b] == 0 || (largest && Math.Abs(Gap(b)) + reach[b] < top))),
        ];
    }

    private double StandardError(int bin)
    {
        double n = largest ? rows[bin] : count;
        if (rows[bin] == 0)
        {
            return 0;
        }

        var mean = sums[bin] / n;
        return Math.Sqrt(Math.Max(0, (squares[bin] / n) - (mean * mean)) / n);
    }
}

/// <param name="Sign">-1 or 1, of the gap that was found.</param>
/// <param name="Sure">The true gap has this sign, beyond doubt.</param>
/// <param name="Weightless">The bin has no rows, or cannot be the largest.</param>
internal readonly record struct GapSign(int Sign, bool Sure, bool Weightless);
