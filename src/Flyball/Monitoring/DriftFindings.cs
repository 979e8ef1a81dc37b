using Flyball.Engine.Statistics;
using Flyball.Training;

namespace Flyball.Monitoring;

/// <summary>
/// Findings about every feature of a window against a version's frozen reference, each in isolation: a column that cannot be tested gets
/// a status and the others are tested all the same. Source of the rules: DESIGN 5 and Flyball.Engine.Statistics.DriftTest.
/// </summary>
internal static class DriftFindings
{
    private const double ImportantShare = 0.8;

    public static (IReadOnlyList<FeatureFinding> Features, FeatureFinding Score) Of(ModelManifest manifest, IReadOnlyList<BinCounts> current, double floor)
    {
        var names = manifest.Features.Select(f => f.Name).Append("score").ToList();
        var profiles = manifest.Reference.Features.Append(manifest.Reference.Scores).ToList();
        var rule = new DriftRule { EffectFloor = floor };
        var verdicts = DriftTest.Evaluate(
            [.. names.Select((name, i) => new DriftSubject(name, DriftMeasure.PopulationStability, profiles[i].Counts, current[i], profiles[i].ChunkEffects))], rule);
        var important = Important(manifest.Features);
        var findings = names.Select((name, i) => Finding(
            verdicts[i], i < manifest.Features.Count ? manifest.Features[i].Importance : 0, important.Contains(name), profiles[i].Counts, current[i])).ToList();
        return (findings[..^1], findings[^1]);
    }

    /// <summary>The features that carry the first 80 % of the gain, and any with at least an equal share.</summary>
    public static HashSet<string> Important(IReadOnlyList<ManifestFeature> features)
    {
        var important = new HashSet<string>(StringComparer.Ordinal);
        var carried = 0.0;
        foreach (var feature in features.OrderByDescending(f => f.Importance).ThenBy(f => f.Name, StringComparer.Ordinal))
        {
            if (carried < ImportantShare || feature.Importance >= 1.0 / features.Count)
            {
                important.Add(feature.Name);
            }

            carried += feature.Importance;
        }

        return important;
    }

    private static FeatureFinding Finding(DriftVerdict verdict, double importance, bool important, BinCounts reference, BinCounts current) => new(
        verdict.Feature,
        verdict.Status switch
        {
            DriftStatus.Ok => "ok",
            DriftStatus.Drift => "drift",
            DriftStatus.Insufficient => "insufficient",
            _ => "error",
        },
        verdict.Reason,
        verdict.Effect,
        verdict.LowerBound,
        verdict.Threshold,
        verdict.QValue,
        importance,
        important,
        current.Rows == 0 ? 0 : (double)current.Missing / current.Rows,
        reference.Rows == 0 ? 0 : (double)reference.Missing / reference.Rows);
}
