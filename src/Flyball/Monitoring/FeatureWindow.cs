using Flyball.Engine.Statistics;
using Flyball.Training;

namespace Flyball.Monitoring;

/// <summary>
/// What the predictions of one window look like in the bins of a version's reference. Values are buffered in blocks and counted, so that
/// memory does not grow with traffic. Not thread-safe.
/// </summary>
internal sealed class FeatureWindow
{
    private const int Block = 8192;

    private readonly ReferenceProfile reference;
    private readonly List<double>[] columns;
    private readonly BinCounts?[] counted;

    public FeatureWindow(ReferenceProfile reference)
    {
        this.reference = reference;
        columns = [.. Enumerable.Range(0, reference.Features.Count + 1).Select(_ => new List<double>())];
        counted = new BinCounts?[columns.Length];
    }

    public long Rows { get; private set; }

    /// <param name="features">As logged; NaN is missing.</param>
    public void Add(ReadOnlySpan<double> features, double score)
    {
        Rows++;
        for (var i = 0; i < features.Length; i++)
        {
            columns[i].Add(features[i]);
        }

        columns[^1].Add(score);
        if (columns[^1].Count >= Block)
        {
            Flush();
        }
    }

    /// <summary>Counts of each feature and, last, of the score.</summary>
    public IReadOnlyList<BinCounts> Finish()
    {
        Flush();
        return [.. counted.Select(c => c!)];
    }

    private void Flush()
    {
        for (var i = 0; i < columns.Length; i++)
        {
            var profile = i < reference.Features.Count ? reference.Features[i] : reference.Scores;
            var block = profile.Count([.. columns[i]]);
            counted[i] = counted[i]?.Merge(block) ?? block;
            columns[i].Clear();
        }
    }
}
