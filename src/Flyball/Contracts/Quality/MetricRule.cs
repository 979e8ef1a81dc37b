using System.Globalization;
using Flyball.Engine.Expressions;

namespace Flyball.Contracts.Quality;

/// <summary>A library metric with its bound, judged once a batch.</summary>
internal sealed class MetricRule(RuleHead head, QualityMetric metric, int[] columns, ValueMatch? match, QualityBound bound, bool isPercent)
{
    public RuleHead Head => head;

    public QualityMetric Metric => metric;

    /// <summary>The columns it reads; empty for the number of rows.</summary>
    public int[] Columns => columns;

    /// <summary>Whether a row counts. Duplicates are counted by the observation, which knows the rows before.</summary>
    public bool Counts(ReadOnlySpan<Value> row) => metric switch
    {
        QualityMetric.NullValues => row[columns[0]].IsNull,
        QualityMetric.MissingValues => row[columns[0]].IsNull || match!.Contains(row[columns[0]]),
        QualityMetric.InvalidValues => !row[columns[0]].IsNull && !match!.Contains(row[columns[0]]),
        _ => false,
    };

    /// <summary>The finding when the bound is broken, else null.</summary>
    public Finding? Judge(long count, long rows)
    {
        var figure = isPercent ? (rows == 0 ? 0 : 100.0 * count / rows) : count;
        if (bound.Holds(figure))
        {
            return null;
        }

        var seen = metric == QualityMetric.RowCount
            ? string.Create(CultureInfo.InvariantCulture, $"The batch has {count} rows")
            : string.Create(CultureInfo.InvariantCulture, $"{count} of {rows} rows count for {head.Name}{(isPercent ? $" ({figure:0.###} %)" : "")}");
        return new Finding(head.Name, head.Field, head.Outcome, head.Severity, $"{seen}; it must {bound}{(isPercent ? " percent" : "")}.", figure, bound.BrokenBy(figure));
    }
}
