using Flyball.Access;
using Flyball.Contracts;
using Flyball.Contracts.Quality;
using Flyball.Training;
using Flyball.Workspaces;

namespace Flyball.Monitoring;

/// <summary>
/// Watches the labels of every model as a source of their own: conflicts, delay, coverage of predictions, and base rate. Where nothing was predicted yet, the rows of the
/// model's request source stand for predictions. Safe from any thread.
/// </summary>
public sealed class LabelHealth
{
    private const int ShownDays = 60;

    private readonly EventLog events;
    private readonly List<(ModelPlan Model, LabelJoin Requests)> joins = [];
    private readonly PredictionLabels predictions;
    private readonly Dictionary<string, long> told = new(StringComparer.Ordinal);

    /// <summary>Subscribes to requests and labels: make it before the event log is replayed.</summary>
    public LabelHealth(EventLog events, ActiveProject project, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        this.events = events;
        predictions = new PredictionLabels(workspace.Predictions, project.Current.Models.Values);
        foreach (var model in project.Current.Models.Values.OrderBy(m => m.Name, StringComparer.Ordinal))
        {
            var join = new LabelJoinState(model);
            joins.Add((model, join.Join));
            events.Subscribe(join.Take, [model.Vector.Request.Source, model.LabelSource.Source], join);
        }

        var labels = new PredictionLabelState(predictions, [.. joins.Select(j => j.Model)]);
        events.Subscribe(labels.Take, [.. joins.Select(j => j.Model.LabelSource.Source)], labels);
    }

    /// <summary>A report a model whose labels are rows of the source. Cost: reads the predictions made since the last report.</summary>
    public async Task<IReadOnlyList<LabelReport>> OfAsync(string source, CancellationToken cancellation)
    {
        await predictions.JoinAsync(cancellation);
        return [.. joins.Where(j => string.Equals(j.Model.LabelSource.Source, source, StringComparison.Ordinal)).Select(j => Report(j.Model, j.Requests, 0))];
    }

    /// <summary>Keeps what is out of the ordinary now as findings of the label sources; conflicts when there are new ones. One call at a time.</summary>
    public async Task RecordAsync(CancellationToken cancellation)
    {
        await predictions.JoinAsync(cancellation);
        foreach (var (model, requests) in joins)
        {
            var report = Report(model, requests, told.GetValueOrDefault(model.Name));
            if (report.Findings.Count > 0)
            {
                await events.RecordFindingsAsync(model.LabelSource, new BatchVerdict(report.Findings), Caller.System("labels"), report.Matured, cancellation);
            }

            told[model.Name] = report.Conflicting;
        }
    }

    private LabelReport Report(ModelPlan model, LabelJoin requests, long toldConflicts)
    {
        var predicted = predictions.JoinOf(model.Name);
        bool isPredicted;
        lock (predicted)
        {
            isPredicted = !predicted.IsEmpty;
        }

        var join = isPredicted ? predicted : requests;
        lock (join)
        {
            var days = join.Days;
            long matured = days.Sum(d => d.Matured), labelled = days.Sum(d => d.Labelled);
            var delays = new Dictionary<string, double>(StringComparer.Ordinal);
            foreach (var (name, share) in new[] { ("p50", 0.5), ("p90", 0.9), ("p99", 0.99) })
            {
                if (join.DelayQuantile(share) is { } delay)
                {
                    delays[name] = delay;
                }
            }

            return new LabelReport(
                model.Name,
                model.LabelSource.Source,
                matured,
                labelled,
                matured == 0 ? null : (double)labelled / matured,
                join.Repeated,
                join.Conflicting,
                join.Unmatched,
                delays,
                [.. days.TakeLast(ShownDays)],
                LabelFindings.Of(days, join.Delays, Math.Max(0, join.Conflicting - toldConflicts)))
            {
                Basis = isPredicted ? "predictions" : "requests",
            };
        }
    }
}
