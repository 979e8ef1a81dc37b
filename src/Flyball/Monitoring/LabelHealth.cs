using Flyball.Access;
using Flyball.Contracts;
using Flyball.Contracts.Quality;
using Flyball.Engine.Expressions;
using Flyball.Training;

namespace Flyball.Monitoring;

/// <summary>Watches the labels of every model as a source of their own: conflicts, delay, coverage and base rate. Safe from any thread.</summary>
public sealed class LabelHealth
{
    private const int ShownDays = 60;

    private readonly EventLog events;
    private readonly List<(ModelPlan Model, LabelJoin Join)> joins = [];

    /// <summary>Subscribes to requests and labels: make it before the event log is replayed.</summary>
    public LabelHealth(EventLog events, ActiveProject project)
    {
        this.events = events;
        foreach (var model in project.Current.Models.Values.OrderBy(m => m.Name, StringComparer.Ordinal))
        {
            var join = new LabelJoinState(model);
            joins.Add((model, join.Join));
            events.Subscribe(join.Take, [model.Vector.Request.Source, model.LabelSource.Source], join);
        }
    }

    /// <summary>A report a model whose labels are rows of the source.</summary>
    public IReadOnlyList<LabelReport> Of(string source) =>
        [.. joins.Where(j => string.Equals(j.Model.LabelSource.Source, source, StringComparison.Ordinal)).Select(j => Report(j.Model, j.Join))];

    /// <summary>Keeps what is out of the ordinary now as findings of the label sources.</summary>
    public async Task RecordAsync(CancellationToken cancellation)
    {
        foreach (var (model, join) in joins)
        {
            var report = Report(model, join);
            if (report.Findings.Count > 0)
            {
                await events.Quality.RecordAsync(model.LabelSource, new BatchVerdict(report.Findings), Caller.System("labels"), report.Matured, cancellation);
            }
        }
    }

    private static LabelReport Report(ModelPlan model, LabelJoin join)
    {
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
                LabelFindings.Of(days, join.Conflicting));
        }
    }
}
