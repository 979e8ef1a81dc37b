using Flyball.Contracts;
using Flyball.Engine.Expressions;
using Flyball.Engine.Identity;
using Flyball.Features;
using Flyball.Serving.Backends;
using Flyball.Serving.Degradation;
using Flyball.Serving.Logged;
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
/// Cost: for a sample one pass over the prediction log; one over the tables of the views.
/// </summary>
public sealed class Reproduction(Workspace workspace, EventLog events, ActiveProject project, IBundleSource bundles, PredictionSearch? search = null)
{
    private readonly OfflineReplay offline = new(workspace, events);
    private readonly PredictionSearch search = search ?? new PredictionSearch(workspace);

    /// <summary>Reproduces one prediction; null when the log does not hold it.</summary>
    public async Task<ReproducedPrediction?> ReproduceAsync(string requestId, CancellationToken cancellation) =>
        await search.FindAsync(requestId, cancellation) is { } found ? Reproduce([found.Record], cancellation)[0] : null;

    /// <summary>Reproduces predictions drawn at random (reservoir sampling, seeded) from those a version of the model answered.</summary>
    public async Task<ReproducedSample> SampleAsync(string model, int sample, ulong seed, CancellationToken cancellation)
    {
        await workspace.Predictions.FlushAsync();
        var drawn = new List<PredictionRecord>(sample);
        var random = new SampleSequence(seed);
        long seen = 0;
        foreach (var record in Records(cancellation))
        {
            if (record.Model != model || record.Rung == Rung.Rule || record.Origin != FeatureOrigin.Live)
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
        return new ReproducedSample(
            seen,
            results.Count,
            results.Count(r => r.Identical),
            [.. results.Where(r => !r.Identical)]);
    }

    private IEnumerable<PredictionRecord> Records(CancellationToken cancellation) =>
        LoggedPredictions.Between(workspace.Predictions, default, workspace.Predictions.Durable, cancellation).Select(p => p.Record);

    private List<ReproducedPrediction> Reproduce(List<PredictionRecord> records, CancellationToken cancellation)
    {
        if (records.Count == 0)
        {
            return [];
        }

        var plan = project.Current;
        var versions = new Dictionary<Digest, ServedVersion>();
        try
        {
            foreach (var digest in records.Select(r => r.Digest).Distinct())
            {
                versions[digest] = DeclaredVersion.Find(plan, digest) ?? VersionLoader.Load(bundles.Read(digest), 0, plan);
            }

            var wanted = new Dictionary<EntityFeatureView, HashSet<Value>>();
            var requests = records.Select(r => OfflineReplay.RequestOf(versions[r.Digest].Vector.Request, r)).ToList();
            for (var i = 0; i < records.Count; i++)
            {
                OfflineReplay.Want(wanted, versions[records[i].Digest].Vector, requests[i]);
            }

            var state = offline.Load(plan, wanted, records.Max(r => r.Horizon), cancellation);
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

    private static ReproducedPrediction Compare(PredictionRecord record, Value[] request, ServedVersion version, OfflineFeatures state)
    {
        if (record.Rung == Rung.Rule)
        {
            return Answer(record, record.Score, null) with { Note = "Answered by the declared rule: no version and no feature to compare." };
        }

        if (record.Origin != FeatureOrigin.Live)
        {
            // What stood in for the features is in the record alone; the score and the decision follow from it.
            var stood = ScoreAgain(record, record.Features, request, version);
            return Answer(record, stood.Calibrated, FirstDifference(record, record.Features, version, stood)) with
            {
                Note = $"Answered with {RungNames.Of(record.Origin)}: they are taken from the record.",
            };
        }

        var vector = new Value[version.Vector.Columns.Count];
        version.Vector.Evaluate(state, request, record.Instant, record.Horizon, new Value[version.Vector.ScratchWidth], vector);
        var score = ScoreAgain(record, vector, request, version);
        return Answer(record, score.Calibrated, FirstDifference(record, vector, version, score)) with
        {
            Note = version.Scorer is RemoteBackend ? "Scored by a remote model: the score is taken from the record, and the features are compared." : null,
            Features = [.. version.Vector.Columns.Select((c, i) => Feature(c, i < record.Features.Length ? record.Features[i] : Value.Null, vector[i]))],
        };
    }

    /// <summary>What is on another server is not asked again: nothing here says that it is still the same.</summary>
    private static Score ScoreAgain(PredictionRecord record, Value[] vector, Value[] request, ServedVersion version) =>
        version.Scorer is RemoteBackend ? new Score(record.Raw, record.Score) : version.Scorer.ScoreOne(vector, request);

    private static ReproducedPrediction Answer(PredictionRecord record, double reproduced, string? difference) =>
        new(record.RequestId, difference is null, record.Digest.Hex, record.Score, reproduced, difference)
        {
            Model = record.Model,
            Version = record.Version,
            Rung = RungNames.Of(record),
            Instant = record.Instant.ToString(),
            Horizon = record.Horizon.Seq,
            Decision = record.Decision,
        };

    private static ReproducedFeature Feature(FeatureColumn column, in Value online, in Value offline) =>
        new(column.Name, column.Definition.Hex, ValueJson.Of(online), ValueJson.Of(offline), online.Equals(offline));

    private static string? FirstDifference(PredictionRecord record, Value[] vector, ServedVersion version, Score score)
    {
        if (vector.Length != record.Features.Length)
        {
            return FormattableString.Invariant($"features: online {record.Features.Length}, offline {vector.Length}");
        }

        for (var i = 0; i < vector.Length; i++)
        {
            if (!vector[i].Equals(record.Features[i]))
            {
                return $"{version.Vector.Columns[i].Name}: online {record.Features[i]}, offline {vector[i]}";
            }
        }

        return BitConverter.SingleToInt32Bits(score.Raw) != BitConverter.SingleToInt32Bits(record.Raw) ? FormattableString.Invariant($"raw score: online {record.Raw:R}, offline {score.Raw:R}")
            : !record.Probabilities.SequenceEqual(score.Probabilities ?? []) ? "probabilities: online and offline differ"
            : BitConverter.DoubleToInt64Bits(score.Calibrated) != BitConverter.DoubleToInt64Bits(record.Score) ? FormattableString.Invariant($"score: online {record.Score:R}, offline {score.Calibrated:R}")
            : version.Rules.Decide(score.Calibrated) != record.Decision ? $"decision: online {record.Decision}, offline {version.Rules.Decide(score.Calibrated)}"
            : null;
    }
}
