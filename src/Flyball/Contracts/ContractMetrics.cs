using System.Diagnostics.Metrics;
using Flyball.Contracts.Quality;

namespace Flyball.Contracts;

/// <summary>Counters of the gate. The source is a label: a project has a bounded number of them.</summary>
public sealed class ContractMetrics
{
    public const string MeterName = "Flyball.Contracts";

    private readonly Counter<long>? rows;
    private readonly Counter<long>? requests;
    private readonly Counter<long>? earlier;
    private readonly Counter<long>? findings;
    private readonly Meter? meter;

    /// <param name="factory">Null makes counters that count nowhere.</param>
    public ContractMetrics(IMeterFactory? factory)
    {
        meter = factory?.Create(MeterName);
        rows = meter?.CreateCounter<long>("flyball.contracts.rows", "{row}", "Rows at the gate by source and result.");
        earlier = meter?.CreateCounter<long>("flyball.contracts.rows.earlier", "{row}", "Accepted rows that only an earlier version of the contract takes, by source.");
        findings = meter?.CreateCounter<long>("flyball.contracts.findings", "{finding}", "Rules and statistics of batches that did not hold, by source, rule and outcome.");
        requests = meter?.CreateCounter<long>("flyball.contracts.batches", "{batch}", "Batches that became durable, by source.");
    }

    /// <summary>Shows how long each source has had no news.</summary>
    internal void ObserveAges(Func<IEnumerable<(string Source, long? Micros)>> ages) => meter?.CreateObservableGauge(
        "flyball.contracts.silence.seconds",
        () => ages().Where(a => a.Micros is not null).Select(a => new Measurement<double>(a.Micros!.Value / 1e6, new KeyValuePair<string, object?>("source", a.Source))),
        "s",
        "Time since the newest event or the last arrival of a source, whichever is longer ago.");

    internal void Count(string source, BatchVerdict verdict)
    {
        foreach (var finding in verdict.Findings)
        {
            findings?.Add(1, new KeyValuePair<string, object?>("source", source), new KeyValuePair<string, object?>("rule", finding.Rule), new KeyValuePair<string, object?>("outcome", finding.Outcome.ToString().ToLowerInvariant()));
        }
    }

    internal void Count(string source, IngestReport report)
    {
        if (rows is null)
        {
            return;
        }

        requests!.Add(1, new KeyValuePair<string, object?>("source", source));
        Count(source, "accepted", report.Accepted);
        Count(source, "quarantined", report.Quarantined);
        Count(source, "duplicate", report.Duplicates);
        Count(source, "held", report.Held);
    }

    internal void CountEarlier(string source, int count) => earlier?.Add(count, new KeyValuePair<string, object?>("source", source));

    private void Count(string source, string result, int count)
    {
        if (count > 0)
        {
            rows!.Add(count, new KeyValuePair<string, object?>("source", source), new KeyValuePair<string, object?>("result", result));
        }
    }
}
