using Flyball.Contracts;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Features;
using Flyball.Serving;
using Flyball.Serving.Degradation;
using Flyball.Serving.Parity;
using Flyball.Training;
using Flyball.Workspaces;

namespace Flyball.Monitoring.Measured;

/// <summary>
/// Measures features where it matters, on the vectors that were served, and holds them to their <c>checks:</c>.
/// <list type="number">
/// <item>Every logged prediction in the window is counted: nulls, range, different values.</item>
/// <item>Ages of the entities' newest events are read for a sample of them.</item>
/// <item>What does not pass is recorded in the event log.</item>
/// </list>
/// A bound on a share is broken when the data speak against it at 95 %; one value outside its range is enough.
/// Cost: two passes over the prediction log and one over the tables of the views.
/// </summary>
public sealed class ServedFeatures(Workspace workspace, EventLog events, ActiveProject project, IBundleSource bundles, FeatureFindings findings)
{
    private const int AgeSample = 5_000;

    /// <summary>Measures the predictions of a model between two instants.</summary>
    /// <exception cref="FlyballException">FLY4004: the project has no such model.</exception>
    public async Task<FeatureCheckReport> RunAsync(string model, EventTime from, EventTime to, CancellationToken cancellation)
    {
        var plan = project.Current;
        if (!plan.Models.ContainsKey(model))
        {
            throw new FlyballException(new Problem("FLY4004", "There is no model of this name.", new ProblemLocation(Field: "model"), $"Known models: {string.Join(", ", plan.Models.Keys.Order(StringComparer.Ordinal))}."));
        }

        await workspace.Predictions.FlushAsync();
        var report = Measure(new ParityQuery(model, AgeSample, from, to), from, to, plan, cancellation);
        await findings.RecordAsync(report, cancellation);
        return report;
    }

    private FeatureCheckReport Measure(ParityQuery query, EventTime from, EventTime to, ProjectPlan plan, CancellationToken cancellation)
    {
        var vectors = new VersionVectors(bundles, plan);
        var catalogue = FeatureCatalogue.Of(plan.Features);
        var measures = new SortedDictionary<string, FeatureMeasure>(StringComparer.Ordinal);
        var sample = new KeySample(AgeSample, 0);
        var (all, others, ruled) = (0L, 0L, 0L);
        foreach (var (seq, record) in LoggedPredictions.Between(workspace.Predictions, default, workspace.Predictions.Durable, cancellation))
        {
            if (record.IsTest || record.Model != query.Model || !query.Covers(record.Instant))
            {
                continue;
            }

            all++;
            if (record.Rung == Rung.Rule || record.Origin != FeatureOrigin.Live)
            {
                ruled++;
                continue;
            }

            if (vectors.Of(record.Digest) is not { } vector)
            {
                others++;
                continue;
            }

            // By request, so that the sample is no larger than it says.
            sample.Offer(record.RequestId, seq);
            for (var c = 0; c < Math.Min(vector.Columns.Count, record.Features.Length); c++)
            {
                var name = vector.Columns[c].Name;
                if (!measures.TryGetValue(name, out var measure))
                {
                    measures[name] = measure = new FeatureMeasure(name, catalogue.Find(name)?.Definition.Checks);
                }

                measure.Add(record.Features[c]);
            }
        }

        var sampled = LoggedPredictions.At(workspace.Predictions, sample.Positions(), cancellation).ToList();
        var ages = sampled.Count == 0 ? new Dictionary<string, EntityAges>(StringComparer.Ordinal) : new EntityAgeReader(workspace, events, plan).Read(vectors, sampled, cancellation);
        return new FeatureCheckReport(
            query.Model,
            from.ToString(),
            to.ToString(),
            all,
            others,
            ruled,
            [.. measures.Select(m => m.Value.Report(AgesOf(m.Key)))],
            [.. measures.SelectMany(m => m.Value.Findings(AgesOf(m.Key)))]);

        EntityAges? AgesOf(string feature) => ages.GetValueOrDefault(feature[..feature.IndexOf('.', StringComparison.Ordinal)]) is { Entities: > 0 } known ? known : null;
    }
}
