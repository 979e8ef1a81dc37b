using Flyball.Engine.Evaluation.Metrics;

namespace Flyball.Engine.Evaluation.Resampling;

/// <summary>
/// Bounds of how much better a candidate is than the champion on identical rows, for every metric: <see cref="PairedBootstrap"/> with places
/// in place of copies, and with its seeds the same bounds to the bit. Cost: two evaluations of the metric a replicate.
/// </summary>
public static class PairedComparison
{
    /// <summary>Compares two models scored on the same rows.</summary>
    /// <param name="champion">The rows as the champion scores them.</param>
    /// <param name="candidate">The same rows as the candidate does.</param>
    /// <param name="chosen">Places of the rows that count, ascending.</param>
    /// <param name="metric">What is compared; the difference is candidate minus champion.</param>
    /// <param name="options">Null for the usual ones.</param>
    /// <param name="resample">Null for the usual way.</param>
    public static BootstrapDifference Compare(
        ScoredRows champion, ScoredRows candidate, ReadOnlySpan<int> chosen, Metric metric, BootstrapOptions? options = null, Resample? resample = null)
    {
        if (champion.Task != candidate.Task || !champion.Labels.SequenceEqual(candidate.Labels) || !champion.Groups.SequenceEqual(candidate.Groups))
        {
            throw new ArgumentException("The models are scored on identical rows.", nameof(candidate));
        }

        options ??= new BootstrapOptions();
        if (!(options.Alpha > 0 && options.Alpha < 1) || options.Alpha * (options.Replicates + 1) < 1)
        {
            throw new ArgumentException("The level needs at least 1/alpha replicates.", nameof(options));
        }

        resample ??= Resample.For(champion, chosen, options.StratifyBelow);
        var stratified = resample is StratumDraws && resample.Name == "classes apart";
        MetricValue first = metric.Measure(champion, chosen), second = metric.Measure(candidate, chosen);
        if (first.Value is null || second.Value is null)
        {
            var none = MetricValue.None((first.Insufficient ?? second.Insufficient)!);
            return new BootstrapDifference(first, second, none, none, none, stratified);
        }

        var difference = MetricValue.Of(second.Value.Value - first.Value.Value);
        if (Differences(champion.Among(chosen), candidate.Among(chosen), metric, resample, options) is not { } differences)
        {
            var none = MetricValue.None("the metric is undefined on some replicates");
            return new BootstrapDifference(first, second, difference, none, none, stratified);
        }

        Array.Sort(differences);
        var rank = (int)Math.Floor(options.Alpha * (options.Replicates + 1));
        return new BootstrapDifference(first, second, difference, MetricValue.Of(differences[rank - 1]), MetricValue.Of(differences[^rank]), stratified);
    }

    /// <summary>Candidate minus champion by replicate; null when some replicate does not define the metric.</summary>
    private static double[]? Differences(ScoredRows champion, ScoredRows candidate, Metric metric, Resample resample, BootstrapOptions options)
    {
        if (resample.Rows != champion.Count)
        {
            throw new ArgumentException($"The resample is of {resample.Rows} rows, {champion.Count} were chosen.", nameof(resample));
        }

        var differences = new double[options.Replicates];
        var defined = true;
        Replicates.Run(resample, options.Seed, (options.Replicates, options.Threads), () => new DrawnCounts(), (replicate, drawn, counts) =>
        {
            if (metric.Measure(counts.Of(champion, drawn)).Value is not { } before || metric.Measure(counts.Of(candidate, drawn)).Value is not { } now)
            {
                Volatile.Write(ref defined, false);
                return false;
            }

            differences[replicate] = now - before;
            return true;
        });
        return defined ? differences : null;
    }
}
