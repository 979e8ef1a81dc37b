namespace Flyball.Engine.Evaluation;

/// <summary>Sums of scores and labels by bin of the score, of equal width: (k/B, (k+1)/B], 0 in the first.</summary>
internal sealed class WidthBins(int bins)
{
    private readonly int[] rows = new int[bins];
    private readonly int[] positives = new int[bins];
    private readonly double[] scores = new double[bins];

    /// <summary>The bin of a score.</summary>
    public static int Of(double score, int bins) => Math.Clamp((int)Math.Ceiling(score * bins) - 1, 0, bins - 1);

    /// <summary>Adds rows of a bin without adding up their scores.</summary>
    public void Count(int bin, int negative, int positive)
    {
        rows[bin] += negative + positive;
        positives[bin] += positive;
    }

    /// <summary>Adds up the scores of rows, in their order.</summary>
    public void Add(ReadOnlySpan<double> all, ReadOnlySpan<int> bins, ReadOnlySpan<int> drawn)
    {
        var sums = scores.AsSpan();
        foreach (var row in drawn)
        {
            sums[bins[row]] += all[row];
        }
    }

    public void Add(double score, bool positive)
    {
        var bin = Of(score, rows.Length);
        Count(bin, positive ? 0 : 1, positive ? 1 : 0);
        scores[bin] += score;
    }

    /// <summary>The bins' |mean score - mean label|, weighted by their rows.</summary>
    public double Expected(int total)
    {
        double sum = 0;
        for (var bin = 0; bin < rows.Length; bin++)
        {
            sum = rows[bin] > 0 ? sum + (Gap(bin) * rows[bin]) : sum;
        }

        return sum / total;
    }

    /// <summary>The largest of them.</summary>
    public double Largest()
    {
        double largest = 0;
        for (var bin = 0; bin < rows.Length; bin++)
        {
            largest = rows[bin] > 0 ? Math.Max(largest, Gap(bin)) : largest;
        }

        return largest;
    }

    private double Gap(int bin) => Math.Abs(scores[bin] - positives[bin]) / rows[bin];
}
