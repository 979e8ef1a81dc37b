namespace Flyball.Engine.Evaluation;

/// <summary>Sums of scores and labels by bin of the score, of equal width: (k/B, (k+1)/B], 0 in the first.</summary>
internal sealed class WidthBins(int bins)
{
    private readonly int[] rows = new int[bins];
    private readonly int[] positives = new int[bins];
    private readonly double[] scores = new double[bins];

    public void Clear()
    {
        Array.Clear(rows);
        Array.Clear(positives);
        Array.Clear(scores);
    }

    public void Add(double score, int positive)
    {
        var bin = Math.Clamp((int)Math.Ceiling(score * rows.Length) - 1, 0, rows.Length - 1);
        rows[bin]++;
        scores[bin] += score;
        positives[bin] += positive;
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
