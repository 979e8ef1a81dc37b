using System.Globalization;
using Flyball.Engine.Expressions;
using Flyball.Features;

namespace Flyball.Serving.Parity;

/// <summary>Makes logged vectors again and keeps the score of what agrees. State of one comparison.</summary>
internal sealed class VectorReplay(VersionVectors vectors)
{
    private readonly Dictionary<string, ConsistencyTally> tallies = new(StringComparer.Ordinal);
    private readonly List<ParityMismatch> mismatches = [];

    public long Identical { get; private set; }

    public long MismatchCount { get; private set; }

    public IReadOnlyList<ParityMismatch> Mismatches => mismatches;

    public void Compare(PredictionRecord record, IFeatureState state)
    {
        var vector = vectors.Of(record.Digest)!;
        var values = new Value[vector.Columns.Count];
        vector.Evaluate(state, OfflineReplay.RequestOf(vector.Request, record), record.Instant, record.Horizon, new Value[vector.ScratchWidth], values);
        var same = true;
        for (var c = 0; c < values.Length; c++)
        {
            // A logged vector that is too short has nothing to show for the rest: nulls, which match only nulls.
            var logged = c < record.Features.Length ? record.Features[c] : Value.Null;
            same &= Add(record.RequestId, vector.Columns[c].Name, logged, values[c]);
        }

        for (var c = values.Length; c < record.Features.Length; c++)
        {
            same = false;
            Note(record.RequestId, string.Create(CultureInfo.InvariantCulture, $"[{c}]"), record.Features[c], Value.Null);
        }

        Identical += same ? 1 : 0;
    }

    public IReadOnlyList<FeatureConsistency> Report() => [.. tallies.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => t.Value.Report())];

    private bool Add(string requestId, string feature, in Value online, in Value offline)
    {
        if (!tallies.TryGetValue(feature, out var tally))
        {
            tallies[feature] = tally = new ConsistencyTally(feature);
        }

        if (tally.Add(online, offline))
        {
            return true;
        }

        Note(requestId, feature, online, offline);
        return false;
    }

    private void Note(string requestId, string feature, in Value online, in Value offline)
    {
        MismatchCount++;
        if (mismatches.Count < ParityReport.MostListed)
        {
            mismatches.Add(new ParityMismatch(requestId, feature, ValueJson.Of(online), ValueJson.Of(offline)));
        }
    }
}
