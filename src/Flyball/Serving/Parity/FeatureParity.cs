using System.Text.Json.Nodes;
using Flyball.Access;
using Flyball.Contracts;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Features;
using Flyball.Registry;
using Flyball.Serving.Degradation;
using Flyball.Training;
using Flyball.Workspaces;

namespace Flyball.Serving.Parity;

/// <summary>
/// Compares the feature vectors that were served with what the offline path gives for the same requests, bit by bit.
/// <list type="number">
/// <item>Keys are sampled by their hash, all predictions of a key or none; predictions of other definitions are counted apart.</item>
/// <item>The events of these keys are folded offline; each vector is made again at its own instant and horizon.</item>
/// <item>The answer is recorded: while it names a feature apart, no version of the model is promoted.</item>
/// </list>
/// Cost: three passes over the prediction log, one over the tables of the views. Memory: the events of the sampled keys.
/// </summary>
public sealed class FeatureParity(Workspace workspace, EventLog events, ActiveProject project, IBundleSource bundles, ModelRegistry registry)
{
    private readonly OfflineReplay offline = new(workspace, events);

    /// <summary>Compares, and records what was found.</summary>
    /// <exception cref="FlyballException">FLY4004: the project has no such model and no version of it is registered; or a bundle is damaged.</exception>
    public async Task<ParityReport> CheckAsync(ParityQuery query, Caller caller, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        var plan = project.Current;
        if (!plan.Models.ContainsKey(query.Model) && registry.Versions(query.Model).Count == 0)
        {
            throw new FlyballException(new Problem("FLY4004", "There is no model of this name.", new ProblemLocation(Field: "model"), $"Known models: {string.Join(", ", plan.Models.Keys.Order(StringComparer.Ordinal))}."));
        }

        await workspace.Predictions.FlushAsync();
        var report = Compare(query, plan, cancellation);
        var apart = report.Features.Where(f => f.Mismatches > 0).Select(f => f.Feature).ToList();
        await registry.RecordParityAsync(
            new ParityCheck(query.Model, 0, "", caller.Name, report.Compared, report.Identical, apart, report.ToJson().ToJsonString()), caller, cancellation);
        return report;
    }

    /// <summary>The last recorded answer; null before the first.</summary>
    public JsonObject? Last(string model) => registry.Parity(model) is not { } check ? null : new JsonObject
    {
        ["model"] = check.Model,
        ["ordinal"] = check.Ordinal,
        ["checked_at"] = check.CheckedAt,
        ["checked_by"] = check.Actor,
        ["report"] = JsonNode.Parse(check.Report),
    };

    private ParityReport Compare(ParityQuery query, ProjectPlan plan, CancellationToken cancellation)
    {
        var vectors = new VersionVectors(bundles, plan);
        var sample = new KeySample(query.Sample, query.Salt);
        var (served, others, ruled) = (0L, 0L, 0L);
        foreach (var (seq, record) in LoggedPredictions.Between(workspace.Predictions, default, workspace.Predictions.Durable, cancellation))
        {
            if (record.IsTest || record.Model != query.Model || !query.Covers(record.Instant))
            {
                continue;
            }

            served++;
            if (record.Rung == Rung.Rule || record.Origin != FeatureOrigin.Live)
            {
                ruled++;
            }
            else if (vectors.Of(record.Digest) is null)
            {
                others++;
            }
            else
            {
                sample.Offer(record.Unit, seq);
            }
        }

        var replay = new VectorReplay(vectors);
        var positions = sample.Positions();
        if (positions.Count > 0)
        {
            var (wanted, upTo) = Wanted(vectors, positions, cancellation);
            var state = offline.Load(plan, wanted, upTo, cancellation);
            foreach (var record in LoggedPredictions.At(workspace.Predictions, positions, cancellation))
            {
                replay.Compare(record, state);
            }
        }

        return new ParityReport
        {
            Model = query.Model,
            Served = served,
            Compared = positions.Count,
            Identical = replay.Identical,
            OtherDefinitions = others,
            WithoutFeatures = ruled,
            Keys = positions.Count == 0 ? 0 : sample.Keys,
            MismatchCount = replay.MismatchCount,
            Mismatches = replay.Mismatches,
            Features = replay.Report(),
        };
    }

    private (Dictionary<EntityFeatureView, HashSet<Value>> Keys, Horizon UpTo) Wanted(VersionVectors vectors, IReadOnlyList<long> positions, CancellationToken cancellation)
    {
        var wanted = new Dictionary<EntityFeatureView, HashSet<Value>>();
        var upTo = default(Horizon);
        foreach (var record in LoggedPredictions.At(workspace.Predictions, positions, cancellation))
        {
            var vector = vectors.Of(record.Digest)!;
            OfflineReplay.Want(wanted, vector, OfflineReplay.RequestOf(vector.Request, record));
            upTo = record.Horizon > upTo ? record.Horizon : upTo;
        }

        return (wanted, upTo);
    }
}
