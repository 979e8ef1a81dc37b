using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;

namespace Flyball.Contracts.Quality;

/// <summary>
/// The quality rules of a contract, compiled. Row rules look at each row that passed the schema; batch rules and statistics look at what was
/// sent together, when all of it was seen. Immutable and safe to share.
/// </summary>
public sealed class QualityPlan
{
    /// <summary>A batch of one row is an event: what is said of many rows is not judged on it.</summary>
    public const int SmallestBatch = 2;

    internal QualityPlan(IReadOnlyList<RowRule> rowRules, IReadOnlyList<MetricRule> metrics, IReadOnlyList<ExpressionRule> expressions, StatisticsDefinition statistics, IReadOnlyList<QualityNotice> notices)
    {
        RowRules = [.. rowRules];
        Metrics = [.. metrics];
        Expressions = [.. expressions];
        Statistics = statistics;
        Notices = notices;
    }

    /// <summary>No rules, and statistics at their defaults.</summary>
    public static QualityPlan Empty { get; } = new([], [], [], new StatisticsDefinition(), []);

    /// <summary>Rules that are kept and not enforced.</summary>
    public IReadOnlyList<QualityNotice> Notices { get; }

    public StatisticsDefinition Statistics { get; }

    /// <summary>How late rows may come, as agreed.</summary>
    internal IReadOnlyList<FreshnessRule> Freshness { get; init; } = [];

    /// <summary>Whether a window over small requests has something to be judged by when there is no reference.</summary>
    internal bool JudgesWindows => Metrics.Length + Expressions.Length + Freshness.Count > 0;

    /// <summary>What a reference to a row that is not there leads to.</summary>
    public RuleOutcome ForeignKeys { get; internal init; } = RuleOutcome.Alert;

    /// <summary>Whether a batch can have to wait for a decision: then all of it is judged before any of it is stored.</summary>
    public bool CanHold =>
        Statistics.Outcome == RuleOutcome.Hold
        || ForeignKeys == RuleOutcome.Hold
        || RowRules.Any(r => r.Head.Outcome == RuleOutcome.Hold)
        || Metrics.Any(r => r.Head.Outcome == RuleOutcome.Hold)
        || Expressions.Any(r => r.Head.Outcome == RuleOutcome.Hold);

    /// <summary>How many rules are enforced.</summary>
    public int Count => RowRules.Length + Metrics.Length + Expressions.Length;

    internal RowRule[] RowRules { get; }

    internal MetricRule[] Metrics { get; }

    internal ExpressionRule[] Expressions { get; }

    internal bool Observes => Freshness.Count > 0 || Metrics.Length + Expressions.Length > 0 || RowRules.Any(r => r.Head.Outcome != RuleOutcome.Quarantine);

    /// <summary>What the rules, and the statistics when there is a reference, say of a batch. Findings stand in the order of the file.</summary>
    /// <param name="observation">Made for this plan and this reference.</param>
    /// <param name="now">When the rows are known whose known-at the log assigns; null leaves freshness out.</param>
    public BatchVerdict Judge(BatchObservation observation, EventTime? now = null)
    {
        ArgumentNullException.ThrowIfNull(observation);
        var findings = new List<Finding>();
        for (var i = 0; i < RowRules.Length; i++)
        {
            if (RowRules[i].Head.Outcome != RuleOutcome.Quarantine && observation.Broken[i] > 0)
            {
                var head = RowRules[i].Head;
                findings.Add(new Finding(head.Name, head.Field, head.Outcome, head.Severity, $"{observation.Broken[i]} of {observation.Rows} rows break the rule '{head.Name}'.", observation.Broken[i], 0));
            }
        }

        foreach (var (name, count) in observation.AllOrphans())
        {
            findings.Add(new Finding(name, null, ForeignKeys, ForeignKeys == RuleOutcome.Record ? "info" : "warning", $"{count} of {observation.Rows} rows refer to a row that is not there.", count, 0));
        }

        if (observation.Rows + observation.Refused < SmallestBatch)
        {
            return findings.Count == 0 ? BatchVerdict.Clean : new BatchVerdict(findings);
        }

        AddOfMany(findings, observation, isWindow: false);
        if (now is { } assigned)
        {
            findings.AddRange(EventTimeGate.OfBatch(this, observation, assigned.Micros));
            findings.AddRange(FreshnessGate.OfBatch(this, observation, observation.StatedKnownAt ?? assigned.Micros));
        }

        return findings.Count == 0 ? BatchVerdict.Clean : new BatchVerdict(findings);
    }

    /// <summary>
    /// What is said of many rows, said of the window over small requests. Its rows were judged one by one when they came and are stored: what would hold a batch is
    /// an alert here, and the number of rows, which follows from where windows end, is not judged.
    /// </summary>
    /// <param name="observation">Of the window's rows.</param>
    /// <param name="knownAt">When the last of them was known.</param>
    public BatchVerdict JudgeWindow(BatchObservation observation, EventTime knownAt)
    {
        ArgumentNullException.ThrowIfNull(observation);
        var findings = new List<Finding>();
        AddOfMany(findings, observation, isWindow: true);
        findings.AddRange(EventTimeGate.OfBatch(this, observation, knownAt.Micros));
        findings.AddRange(FreshnessGate.OfBatch(this, observation, knownAt.Micros));
        return findings.Count == 0 ? BatchVerdict.Clean : new BatchVerdict([.. findings.Select(f => f with { Outcome = FreshnessGate.WithoutHold(f.Outcome) })]);
    }

    private void AddOfMany(List<Finding> findings, BatchObservation observation, bool isWindow)
    {
        for (var i = 0; i < Metrics.Length; i++)
        {
            if (!isWindow || Metrics[i].Metric != QualityMetric.RowCount)
            {
                AddTo(findings, Metrics[i].Judge(observation.CountOf(i), observation.Rows));
            }
        }

        for (var i = 0; i < Expressions.Length; i++)
        {
            AddTo(findings, Expressions[i].Judge(observation.Expressions[i]));
        }

        if (observation.Reference is { } reference)
        {
            findings.AddRange(StatisticalGate.Judge(reference, observation, Statistics));
        }
    }

    /// <summary>Whether the row may go in: adds a problem for each broken rule whose outcome is quarantine, and counts the others.</summary>
    internal bool Admits(ReadOnlySpan<Value> row, RowProblems problems, BatchObservation? observation)
    {
        var admitted = true;
        for (var i = 0; i < RowRules.Length; i++)
        {
            if (RowRules[i].Head.Outcome == RuleOutcome.Quarantine && !RowRules[i].Holds(row))
            {
                if (admitted)
                {
                    problems.Clear();
                }

                problems.Add(RowRules[i].Problem);
                admitted = false;
            }
        }

        if (admitted)
        {
            observation?.Check(row);
        }

        return admitted;
    }

    private static void AddTo(List<Finding> findings, Finding? finding)
    {
        if (finding is not null)
        {
            findings.Add(finding);
        }
    }
}
