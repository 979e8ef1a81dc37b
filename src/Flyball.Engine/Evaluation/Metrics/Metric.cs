using System.Globalization;

namespace Flyball.Engine.Evaluation.Metrics;

/// <summary>A metric with its parameters, ready to measure. Immutable and thread-safe.</summary>
public sealed class Metric
{
    private readonly CountMeasure measure;

    internal Metric(MetricDefinition definition, double[] arguments)
    {
        Definition = definition;
        measure = definition.Make(arguments);
        Gaps = definition.Gaps?.Invoke(arguments);
        var written = arguments.Length;
        while (written > 0 && definition.Parameters[written - 1].Default == arguments[written - 1])
        {
            written--;
        }

        Name = written == 0
            ? definition.Name
            : $"{definition.Name}({string.Join(", ", arguments.Take(written).Select(a => a.ToString("R", CultureInfo.InvariantCulture)))})";
    }

    public MetricDefinition Definition { get; }

    /// <summary>Of a calibration error: how it is made of its bins; null for every other metric.</summary>
    internal GapForm? Gaps { get; }

    /// <summary>As a gate writes it, parameters that have their default value left out: <c>recall</c>, <c>recall(0.3)</c>.</summary>
    public string Name { get; }

    /// <summary>The metric of all rows.</summary>
    public MetricValue Measure(ScoredRows rows) => Measure(rows, rows.Places);

    /// <summary>The metric of the rows at these places, which may repeat. In ranking, the rows of a query stand together in ascending order.</summary>
    public MetricValue Measure(ScoredRows rows, ReadOnlySpan<int> drawn) => Measure(new DrawnCounts().Of(rows, [.. drawn]));

    /// <summary>The metric of a draw, with counts that others have made or will find.</summary>
    internal MetricValue Measure(DrawnCounts drawn)
    {
        if (!Definition.Tasks.HasFlag(drawn.Rows.Task))
        {
            return MetricValue.None($"{Definition.Name} does not apply to {TaskNames.Of(drawn.Rows.Task)}");
        }

        if (drawn.Places.IsEmpty)
        {
            return MetricValue.None(ScoreOrder.NoRows);
        }

        return drawn.Rows.Unusable is { } reason ? MetricValue.None(reason) : measure(drawn);
    }

    /// <summary>Whether the first value is the better one; null when neither is, by this metric.</summary>
    public bool? IsBetter(double first, double second) => Definition.Direction switch
    {
        MetricDirection.Higher => first > second,
        MetricDirection.Lower => first < second,
        _ => null,
    };

    public override string ToString() => Name;
}
