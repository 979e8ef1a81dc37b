namespace Flyball.Engine.Evaluation;

/// <summary>
/// Bounds of how much better a candidate is than the champion on identical rows.
/// <list type="number">
/// <item>A replicate draws rows with replacement, the same ones for both models, so that what makes a row hard cancels.</item>
/// <item>The bound is the percentile of the replicates' differences at rank floor(alpha (R + 1)) from the end (Efron and
/// Tibshirani 1993, chapter 13; the conservative rank of Davison and Hinkley 1997).</item>
/// <item>With few rows of a class, the classes are drawn apart: the bound is then conditional on the number of positives.</item>
/// </list>
/// Cost: two evaluations of the metric a replicate.
/// </summary>
public static class PairedBootstrap
{
    /// <summary>Compares two models scored on the same rows.</summary>
    public static BootstrapDifference Compare(
        ReadOnlySpan<double> champion,
        ReadOnlySpan<double> candidate,
        ReadOnlySpan<bool> labels,
        BinaryMetric metric,
        BootstrapOptions? options = null)
    {
        if (champion.Length != labels.Length || candidate.Length != labels.Length)
        {
            throw new ArgumentException("The models are scored on identical rows.", nameof(candidate));
        }

        options ??= new BootstrapOptions();
        if (!(options.Alpha > 0 && options.Alpha < 1) || options.Alpha * (options.Replicates + 1) < 1)
        {
            throw new ArgumentException("The level needs at least 1/alpha replicates.", nameof(options));
        }

        MetricValue first = metric(champion, labels), second = metric(candidate, labels);
        var positives = labels.Count(true);
        var stratified = Math.Min(positives, labels.Length - positives) < options.StratifyBelow;
        if (first.Value is null || second.Value is null)
        {
            var none = MetricValue.None((first.Insufficient ?? second.Insufficient)!);
            return new BootstrapDifference(first, second, none, none, none, stratified);
        }

        var differences = Replicate(champion, candidate, labels, metric, options, stratified);
        var difference = MetricValue.Of(second.Value.Value - first.Value.Value);
        if (differences is null)
        {
            var none = MetricValue.None("the metric is undefined on some replicates");
            return new BootstrapDifference(first, second, difference, none, none, stratified);
        }

        Array.Sort(differences);
        var rank = (int)Math.Floor(options.Alpha * (options.Replicates + 1));
        return new BootstrapDifference(
            first, second, difference, MetricValue.Of(differences[rank - 1]), MetricValue.Of(differences[^rank]), stratified);
    }

    private static double[]? Replicate(
        ReadOnlySpan<double> champion,
        ReadOnlySpan<double> candidate,
        ReadOnlySpan<bool> labels,
        BinaryMetric metric,
        BootstrapOptions options,
        bool stratified)
    {
        var strata = stratified ? Strata(labels) : [.. Enumerable.Range(0, labels.Length)];
        var split = stratified ? labels.Count(true) : labels.Length;
        var first = new double[labels.Length];
        var second = new double[labels.Length];
        var drawn = new bool[labels.Length];
        var differences = new double[options.Replicates];
        for (var replicate = 0; replicate < differences.Length; replicate++)
        {
            var generator = new SeededGenerator(options.Seed, (ulong)replicate);
            for (var i = 0; i < drawn.Length; i++)
            {
                var place = i < split ? generator.Below(split) : split + generator.Below(drawn.Length - split);
                var row = strata[place];
                first[i] = champion[row];
                second[i] = candidate[row];
                drawn[i] = labels[row];
            }

            if (metric(first, drawn).Value is not { } before || metric(second, drawn).Value is not { } now)
            {
                // Leaving such replicates out would bend the bound without saying so.
                return null;
            }

            differences[replicate] = now - before;
        }

        return differences;
    }

    /// <summary>Row numbers with the positives first.</summary>
    private static int[] Strata(ReadOnlySpan<bool> labels)
    {
        var rows = new int[labels.Length];
        int positive = 0, negative = labels.Count(true);
        for (var i = 0; i < labels.Length; i++)
        {
            rows[labels[i] ? positive++ : negative++] = i;
        }

        return rows;
    }
}
