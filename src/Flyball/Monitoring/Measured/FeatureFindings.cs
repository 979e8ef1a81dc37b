using System.Text.Json;
using Flyball.Engine.Time;
using Flyball.Storage.Journals;
using Flyball.Workspaces;

namespace Flyball.Monitoring.Measured;

/// <summary>
/// Findings about features, records of the event log: as durable as the rows they are about. What is read once is remembered by its place; the
/// first question after a start reads the log once, later ones what came since. Thread-safe.
/// </summary>
public sealed class FeatureFindings(Workspace workspace)
{
    private const string StreamOf = "feature-findings/";

    private readonly Lock reading = new();
    private readonly List<RecordedFindings> known = [];
    private Horizon read;

    /// <summary>Keeps what a check found; durable when this completes. A check without a finding leaves no record.</summary>
    public async Task RecordAsync(FeatureCheckReport report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (report.Findings.Count > 0)
        {
            var body = new Stored(report.From, report.To, report.Predictions, report.Findings);
            await workspace.Events.AppendAsync(new JournalBatch([new JournalEntry(StreamOf + report.Model, JsonSerializer.SerializeToUtf8Bytes(body, MonitoringJson.Options))]), cancellation);
        }
    }

    /// <summary>What checks found, newest first.</summary>
    /// <param name="model">Null for all models.</param>
    /// <param name="feature">Null for all features.</param>
    public IReadOnlyList<RecordedFindings> List(string? model, string? feature, int limit)
    {
        lock (reading)
        {
            CatchUp();
            return [.. known.AsEnumerable().Reverse()
                .Where(r => model is null || r.Model == model)
                .Select(r => feature is null ? r : r with { Findings = [.. r.Findings.Where(f => f.Feature == feature)] })
                .Where(r => r.Findings.Count > 0)
                .Take(limit)];
        }
    }

    private void CatchUp()
    {
        var until = workspace.Events.Durable;
        if (until <= read)
        {
            return;
        }

        foreach (var record in workspace.Events.Read(read, until))
        {
            if (record.Stream.StartsWith(StreamOf, StringComparison.Ordinal) && JsonSerializer.Deserialize<Stored>(record.Payload.Span, MonitoringJson.Options) is { } stored)
            {
                known.Add(new RecordedFindings(record.Seq, record.KnownAt.ToString(), record.Stream[StreamOf.Length..], stored.From, stored.To, stored.Predictions, stored.Findings));
            }
        }

        read = until;
    }

    private sealed record Stored(string From, string To, long Predictions, IReadOnlyList<FeatureFinding> Findings);
}
