using Flyball.Contracts;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Engine.Time;
using Flyball.Features;
using Flyball.Training;
using Flyball.Workspaces;

namespace Flyball.Serving;

/// <summary>
/// Makes logged predictions again, from the log alone: features through the offline path, the score from the bundle by its digest.
/// <list type="number">
/// <item>The lake is brought up to the largest horizon among the predictions.</item>
/// <item>Events of the entities concerned are folded by the plans that training uses, each prediction at its own instant and horizon.</item>
/// <item>Features, raw output, score and decision are compared bit by bit; the first difference is named.</item>
/// </list>
/// Cost: one pass over the prediction log and one over the tables of the views.
/// </summary>
public sealed class Reproduction(Workspace workspace, EventLog events, ActiveProject project, IBundleSource bundles)
{
    /// <summary>Reproduces one prediction; null when the log does not hold it.</summary>
    public async Task<ReproducedPrediction?> ReproduceAsync(string requestId, CancellationToken cancellation)
    {
        await workspace.Predictions.FlushAsync();
        foreach (var record in Records(cancellation))
        {
            if (record.RequestId == requestId)
            {
                return Reproduce([record], cancellation)[0];
            }
        }

        return null;
    }

    /// <summary>Reproduces predictions drawn at random (reservoir sampling, seeded) from those a version of the model answered.</summary>
    public async Task<ParityReport> SampleAsync(string model, int sample, ulong seed, CancellationToken cancellation)
    {
        await workspace.Predictions.FlushAsync();
        var drawn = new List<PredictionRecord>(sample);
        var random = new SampleSequence(seed);
        long seen = 0;
        foreach (var record in Records(cancellation))
        {
            if (record.Model != model || record.Rung == Rung.Rule)
            {
                continue;
            }

            seen++;
            if (drawn.Count < sample)
            {
                drawn.Add(record);
            }
            else if (random.Below(seen) is var slot && slot < sample)
            {
                drawn[(int)slot] = record;
            }
        }

        var results = Reproduce(drawn, cancellation);
        return new ParityReport(
            seen,
            results.Count,
            results.Count(r => r.Identical),
            [.. results.Where(r => !r.Identical)]);
    }

    private IEnumerable<PredictionRecord> Records(CancellationToken cancellation)
    {
        foreach (var record in workspace.Predictions.Read(new Horizon(0), workspace.Predictions.Durable))
        {
            cancellation.ThrowIfCancellationRequested();
            if (record.Stream == PredictionLog.Stream)
            {
                yield return PredictionCodec.Decode(record.Payload.Span);
            }
        }
    }

    private List<ReproducedPrediction> Reproduce(IReadOnlyList<PredictionRecord> records, CancellationToken cancellation)
    {
        var plan = project.Current;
        var versions = new Dictionary<Digest, ServedVersion>();
        try
        {
            foreach (var digest in records.Select(r => r.Digest).Distinct())
            {
                versions[digest] = VersionLoader.Load(bundles.Read(digest), 0, plan);
            }

            var requests = records.Select(r => Decode(versions[r.Digest].Vector.Request, r)).ToList();
            var state = Load(plan, records, requests, versions, cancellation);
            return [.. records.Select((record, i) => Compare(record, requests[i], versions[record.Digest], state))];
        }
        finally
        {
            foreach (var version in versions.Values)
            {
                version.Scorer.Dispose();
            }
        }
    }

    private OfflineFeatures Load(
        ProjectPlan plan, IReadOnlyList<PredictionRecord> records, List<Value[]> requests, Dictionary<Digest, ServedVersion> versions, CancellationToken cancellation)
    {
        var wanted = new Dictionary<EntityFeatureView, HashSet<Value>>();
        for (var i = 0; i < records.Count; i++)
        {
            foreach (var (view, column) in versions[records[i].Digest].Vector.Entities)
            {
                (wanted.TryGetValue(view, out var keys) ? keys : wanted[view] = []).Add(requests[i][column]);
            }
        }

        var state = new OfflineFeatures(plan.Features);
        if (records.Count == 0)
        {
            return state;
        }

        var upTo = records.Max(r => r.Horizon);
        var sources = wanted.Keys.Select(v => v.Source).DistinctBy(s => s.Source).ToList();
        foreach (var manifest in EventLake.Extend(workspace.Events, workspace.Lake, sources, events.Applied))
        {
            var source = plan.Contracts[manifest.Table];
            var views = wanted.Where(w => w.Key.Source.Source == source.Source).ToArray();
            EventLake.Read(workspace.Directory.Lake, manifest, source, (stamp, identity, row) =>
            {
                cancellation.ThrowIfCancellationRequested();
                if (stamp.Seq > upTo.Seq)
                {
                    return;
                }

                foreach (var (view, keys) in views)
                {
                    if (keys.Contains(row[view.EntityIndex]))
                    {
                        state.Add(view, stamp, identity, row);
                    }
                }
            });
        }

        return state;
    }

    private static Value[] Decode(ContractPlan contract, PredictionRecord record)
    {
        var row = new Value[contract.Schema.Fields.Count];
        RowCodec.Of(contract).ReadStored(record.Request.Span, row);
        return row;
    }

    private static ReproducedPrediction Compare(PredictionRecord record, Value[] request, ServedVersion version, OfflineFeatures state)
    {
        if (record.Rung == Rung.Rule)
        {
            return new ReproducedPrediction(record.RequestId, true, record.Digest.Hex, record.Score, record.Score, "Answered by the declared rule: there is no version to compare.");
        }

        var vector = new Value[version.Vector.Columns.Count];
        version.Vector.Evaluate(state, request, record.Instant, record.Horizon, new Value[version.Vector.ScratchWidth], vector);
        var score = version.Scorer.ScoreOne(vector);
        var difference = FirstDifference(record, vector, version, score);
        return new ReproducedPrediction(record.RequestId, difference is null, record.Digest.Hex, record.Score, score.Calibrated, difference);
    }

    private static string? FirstDifference(PredictionRecord record, Value[] vector, ServedVersion version, Score score)
    {
        for (var i = 0; i < vector.Length; i++)
        {
            if (!vector[i].Equals(record.Features[i]))
            {
                return $"{version.Vector.Columns[i].Name}: online {record.Features[i]}, offline {vector[i]}";
            }
        }

        return BitConverter.SingleToInt32Bits(score.Raw) != BitConverter.SingleToInt32Bits(record.Raw) ? FormattableString.Invariant($"raw score: online {record.Raw:R}, offline {score.Raw:R}")
            : BitConverter.DoubleToInt64Bits(score.Calibrated) != BitConverter.DoubleToInt64Bits(record.Score) ? FormattableString.Invariant($"score: online {record.Score:R}, offline {score.Calibrated:R}")
            : version.Rules.Decide(score.Calibrated) != record.Decision ? $"decision: online {record.Decision}, offline {version.Rules.Decide(score.Calibrated)}"
            : null;
    }
}
