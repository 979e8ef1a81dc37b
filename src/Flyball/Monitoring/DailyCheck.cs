using System.Globalization;
using System.Text.Json;
using Dapper;
using Flyball.Contracts;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Engine.Time;
using Flyball.Serving;
using Flyball.Serving.Degradation;
using Flyball.Training;
using Flyball.Training.Jobs;
using Flyball.Workspaces;

namespace Flyball.Monitoring;

/// <summary>
/// Checks a model over a window of its predictions: drift and missing values of each feature and of the score against the frozen
/// reference of the champion, and realised performance on requests whose labels are mature. Alerts follow the three-way gate: drift,
/// importance and performance together page; two of them make a ticket; what is suppressed is written with its reason.
/// </summary>
public sealed class DailyCheck : IDisposable
{
    /// <summary>A missing rate that grows by this much is a data-quality alert, whatever the distribution of the rest says.</summary>
    private const double MissingRise = 0.1;

    private readonly Workspace workspace;
    private readonly ActiveProject project;
    private readonly TrafficPlans traffic;
    private readonly TrainingRuns runs;
    private readonly Alerts alerts;
    private readonly SemaphoreSlim one = new(1, 1);
    private readonly Dictionary<string, ModelState> states = new(StringComparer.Ordinal);

    /// <summary>Subscribes to the label sources: make it before the event log is replayed.</summary>
    public DailyCheck(Workspace workspace, EventLog events, ActiveProject project, TrafficPlans traffic, TrainingRuns runs, Alerts alerts)
    {
        this.workspace = workspace;
        this.project = project;
        this.traffic = traffic;
        this.runs = runs;
        this.alerts = alerts;
        foreach (var model in project.Current.Models.Values)
        {
            var definition = MonitorDefinition.Read(model);
            var outcomes = new MaturedOutcomes(model, definition.PerformanceMicros);
            states[model.Name] = new ModelState(model, definition, outcomes);
            events.Subscribe(row => TakeLabel(outcomes, row), [model.LabelSource.Source], new OutcomeSnapshot(model, outcomes));
        }
    }

    /// <exception cref="FlyballException">The model is not known or nothing is deployed under its name.</exception>
    public async Task<CheckReport> RunAsync(string model, EventTime from, EventTime to, CancellationToken cancellation)
    {
        if (!states.TryGetValue(model, out var state) || traffic.For(model) is not { } plan)
        {
            throw new FlyballException(new Problem("FLY4004", "No model of this name is deployed.", new ProblemLocation(Field: "model")));
        }

        await one.WaitAsync(cancellation);
        try
        {
            var champion = plan.Champion;
            var manifest = champion.Scorer.Manifest;
            var window = new FeatureWindow(manifest.Reference);
            await workspace.Predictions.FlushAsync();
            ReadPredictions(state, champion, window, from, to, cancellation);
            var (features, score) = DriftFindings.Of(manifest, window.Finish(), state.Definition.Floor);
            double[] scores;
            bool[] labels;
            lock (state.Outcomes)
            {
                // What is measured here is measured of probabilities.
                (scores, labels) = state.Model.Task.IsProbability ? state.Outcomes.Matured(champion.Version, to) : ([], []);
            }

            var performance = PerformanceCheck.Of(scores, labels, Reference(manifest.RunId), state.Definition.Decay);
            var suppressed = await AlertAsync(model, features, performance, to, cancellation);
            var report = new CheckReport(model, from.ToString(), to.ToString(), champion.Version, window.Rows, features, score, performance, suppressed);
            await KeepAsync(report, from, to, cancellation);
            return report;
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<CheckReport> List(string model, int limit) =>
        [.. workspace.Catalog.Read(db => db.Query<string>("SELECT report FROM checks WHERE model = @model ORDER BY to_micros DESC LIMIT @limit", new { model, limit }).AsList())
            .Select(json => JsonSerializer.Deserialize<CheckReport>(json, MonitoringJson.Options)!)];

    public void Dispose() => one.Dispose();

    private static void TakeLabel(MaturedOutcomes outcomes, EventRow row)
    {
        lock (outcomes)
        {
            outcomes.AddLabel(row.Stamp, row.Identity, row.Row);
        }
    }

    /// <summary>
    /// Reads the prediction log from the window's begin on: each prediction of the window is counted once, whichever windows were checked
    /// before. Every prediction is given to the join once, whatever window it lies in.
    /// </summary>
    private void ReadPredictions(ModelState state, ServedVersion champion, FeatureWindow window, EventTime from, EventTime to, CancellationToken cancellation)
    {
        var request = champion.Vector.Request;
        var row = new Value[request.Schema.Fields.Count];
        var features = new double[champion.Vector.Columns.Count];
        var begin = state.Starts.Of(from);
        var before = true;
        foreach (var record in workspace.Predictions.Read(begin < state.Joined ? begin : state.Joined, workspace.Predictions.Durable))
        {
            cancellation.ThrowIfCancellationRequested();
            var prediction = PredictionCodec.Decode(record.Payload.Span);
            if (prediction.IsTest)
            {
                continue;
            }

            before &= prediction.Instant < from;
            begin = before && record.Seq > begin.Seq ? new Horizon(record.Seq) : begin;
            // An answer of the declared rule was made without features and says nothing about any version.
            if (prediction.Model != state.Model.Name || prediction.Rung == Rung.Rule || prediction.Origin != FeatureOrigin.Live)
            {
                continue;
            }

            if (record.Seq > state.Joined.Seq)
            {
                RowCodec.Of(request).ReadStored(prediction.Request.Span, row);
                lock (state.Outcomes)
                {
                    state.Outcomes.AddPrediction(row[state.Model.RequestKeyIndex], prediction.Instant, prediction.Score, prediction.Version);
                }

                state.Joined = new Horizon(record.Seq);
            }

            if (prediction.Instant >= from && prediction.Instant < to && prediction.Digest == champion.Digest)
            {
                for (var i = 0; i < features.Length; i++)
                {
                    features[i] = champion.Scorer.Encoder.ProfileOf(i, prediction.Features[i]);
                }

                window.Add(features, prediction.Score);
            }
        }

        state.Starts.Remember(from, begin);
    }

    private async Task<IReadOnlyList<string>> AlertAsync(
        string model, IReadOnlyList<FeatureFinding> features, PerformanceFinding performance, EventTime at, CancellationToken cancellation)
    {
        var suppressed = new List<string>();
        var decayed = performance.Status == "decay";
        var raised = new HashSet<(string Kind, string Feature)>();
        foreach (var feature in features)
        {
            if (feature.Status == "drift" && feature.Important)
            {
                raised.Add(("feature_drift", feature.Feature));
                await alerts.RaiseAsync(
                    model, "feature_drift", feature.Feature, decayed ? "page" : "ticket",
                    string.Create(CultureInfo.InvariantCulture, $"population stability index {feature.Effect:F3}, at least {feature.Lower:F3} where {feature.Threshold:F3} matters, q {feature.Q:G2}, importance {feature.Importance:F2}"),
                    at, cancellation);
            }
            else if (feature.Status == "drift")
            {
                suppressed.Add(string.Create(CultureInfo.InvariantCulture, $"{feature.Feature} drifted, not alerted, because its importance is {feature.Importance:F3}"));
            }

            if (feature.MissingRate > feature.ReferenceMissingRate + MissingRise)
            {
                raised.Add(("data_quality", feature.Feature));
                await alerts.RaiseAsync(
                    model, "data_quality", feature.Feature, "ticket",
                    string.Create(CultureInfo.InvariantCulture, $"missing in {feature.MissingRate:P1} of requests, {feature.ReferenceMissingRate:P1} in the reference"), at, cancellation);
            }
        }

        if (decayed)
        {
            raised.Add(("performance_decay", ""));
            await alerts.RaiseAsync(
                model, "performance_decay", "", features.Any(f => f is { Status: "drift", Important: true }) ? "page" : "ticket",
                string.Create(CultureInfo.InvariantCulture, $"{performance.Metric} {performance.Value:F3}, at most {performance.Upper:F3}, where the frozen rows gave {performance.Reference:F3}"), at, cancellation);
        }

        foreach (var alert in alerts.Firing(model).Where(a => !raised.Contains((a.Kind, a.Feature)) && Calm(a, features, performance)))
        {
            await alerts.CalmAsync(alert, at, cancellation);
        }

        return suppressed;
    }

    /// <summary>Calm is well below the threshold, not just below it; a check that could not tell is not calm.</summary>
    private static bool Calm(Alert alert, IReadOnlyList<FeatureFinding> features, PerformanceFinding performance) => alert.Kind switch
    {
        "feature_drift" => features.FirstOrDefault(f => f.Feature == alert.Feature) is { Status: "ok" } finding && finding.Effect < 0.8 * finding.Threshold,
        "data_quality" => features.FirstOrDefault(f => f.Feature == alert.Feature) is { } finding && finding.MissingRate < finding.ReferenceMissingRate + (0.8 * MissingRise),
        _ => performance.Status == "ok",
    };

    private Task<int> KeepAsync(CheckReport report, EventTime from, EventTime to, CancellationToken cancellation) =>
        workspace.Catalog.WriteAsync(
            (db, tx) => db.Execute(
                """
                INSERT INTO checks (model, from_micros, to_micros, made_at, report) VALUES (@model, @from, @to, @madeAt, @report)
                ON CONFLICT (model, from_micros, to_micros) DO UPDATE SET made_at = excluded.made_at, report = excluded.report
                """,
                new
                {
                    model = report.Model,
                    from = from.Micros,
                    to = to.Micros,
                    madeAt = EventTime.From(workspace.Time.GetUtcNow()).ToString(),
                    report = JsonSerializer.Serialize(report, MonitoringJson.Options),
                },
                tx),
            cancellation);

    private double? Reference(string runId)
    {
        var result = runs.Find(runId)?.Result;
        return result is null ? null : JsonSerializer.Deserialize<TrainingResult>(result, MonitoringJson.Options)?.Metrics.TryGetValue(PerformanceCheck.Metric, out var value) == true ? value : null;
    }

    private sealed class ModelState(ModelPlan model, MonitorDefinition definition, MaturedOutcomes outcomes)
    {
        public ModelPlan Model { get; } = model;

        public MonitorDefinition Definition { get; } = definition;

        public MaturedOutcomes Outcomes { get; } = outcomes;

        public WindowStarts Starts { get; } = new();

        /// <summary>Everything up to here waits for its label already.</summary>
        public Horizon Joined { get; set; }
    }
}
