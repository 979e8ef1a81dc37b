namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>A metric that gates, runs and reports know by name.</summary>
public sealed class MetricDefinition
{
    private MetricDefinition((string Name, MetricDirection Direction, MetricKind Kind) what, PredictionTasks tasks, string formula, Func<double[], CountMeasure> make, IReadOnlyList<MetricParameter> parameters)
    {
        (Name, Direction, Kind) = what;
        (Tasks, Formula, Make, Parameters) = (tasks, formula, make, parameters);
    }

    /// <summary>Small letters, digits and underscores.</summary>
    public string Name { get; }

    /// <summary>Which way is better.</summary>
    public MetricDirection Direction { get; }

    /// <summary>Its scale.</summary>
    public MetricKind Kind { get; }

    /// <summary>The tasks it applies to.</summary>
    public PredictionTasks Tasks { get; }

    /// <summary>What it is, in one line, with the source of the formula.</summary>
    public string Formula { get; }

    /// <summary>What may stand in parentheses, in order.</summary>
    public IReadOnlyList<MetricParameter> Parameters { get; }

    /// <summary>Whether the name alone is a metric, every parameter having a default.</summary>
    public bool StandsAlone => Parameters.All(p => p.Default is not null);

    internal Func<double[], CountMeasure> Make { get; }

    /// <summary>Of a calibration error: how it is made of its bins; null for every other metric.</summary>
    internal Func<double[], GapForm>? Gaps { get; private init; }

    /// <summary>The same as a calibration error.</summary>
    internal MetricDefinition WithGaps(Func<double[], GapForm> gaps) => new((Name, Direction, Kind), Tasks, Formula, Make, Parameters) { Gaps = gaps };

    internal static MetricDefinition Plain(
        string name, MetricDirection direction, MetricKind kind, PredictionTasks tasks, string formula, RowMeasure measure) =>
        Shared(name, direction, kind, tasks, formula, drawn => measure(drawn.Rows, drawn.Places));

    internal static MetricDefinition Shared(
        string name, MetricDirection direction, MetricKind kind, PredictionTasks tasks, string formula, CountMeasure measure) =>
        new((name, direction, kind), tasks, formula, _ => measure, []);

    internal static MetricDefinition Family(
        (string Name, MetricDirection Direction, MetricKind Kind) what,
        PredictionTasks tasks,
        string formula,
        Func<double[], CountMeasure> make,
        params MetricParameter[] parameters) => new(what, tasks, formula, make, parameters);
}
