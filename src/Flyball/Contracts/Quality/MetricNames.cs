using Flyball.Projects;

namespace Flyball.Contracts.Quality;

/// <summary>The metric an item names.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Name">The standard's present name.</param>
/// <param name="IsDeprecated">Named by <c>rule</c>, as versions before 3.1 did.</param>
internal sealed record NamedMetric(QualityMetric Kind, string Name, bool IsDeprecated);

/// <summary>Names of metrics, with those that earlier versions of the standard used under <c>rule</c>.</summary>
internal static class MetricNames
{
    private static readonly (string Name, QualityMetric Kind)[] Known =
    [
        ("nullValues", QualityMetric.NullValues), ("missingValues", QualityMetric.MissingValues), ("invalidValues", QualityMetric.InvalidValues),
        ("duplicateValues", QualityMetric.DuplicateValues), ("rowCount", QualityMetric.RowCount),
    ];

    private static readonly (string Old, string Name)[] Deprecated =
    [
        ("nullCheck", "nullValues"), ("nullCount", "nullValues"), ("duplicateCount", "duplicateValues"), ("uniqueCheck", "duplicateValues"),
        ("duplicateCheck", "duplicateValues"), ("validValues", "invalidValues"), ("countCheck", "rowCount"),
    ];

    /// <summary>The metric; null after a problem, or after a notice for an old rule of somebody's own.</summary>
    public static NamedMetric? Read(QualityItem item, string? field, List<QualityNotice> notices, ProblemList problems)
    {
        var isOld = item.Text("metric") is null;
        var member = isOld ? "rule" : "metric";
        if (item.Text(member) is not { } written)
        {
            problems.Add("FLY1186", "A library rule names no metric.", item.Section.Where, $"Add metric: one of {string.Join(", ", Known.Select(k => k.Name))}.");
            return null;
        }

        // Examples that moved to 'metric' kept the old names.
        var name = Deprecated.FirstOrDefault(d => string.Equals(d.Old, written, StringComparison.Ordinal)).Name ?? written;
        var known = Known.FirstOrDefault(k => string.Equals(k.Name, name, StringComparison.Ordinal));
        if (known.Name is null)
        {
            var nearest = NearestName.Of(written, Known.Select(k => k.Name));
            if (isOld && nearest is null)
            {
                notices.Add(new QualityNotice("FLY1189", $"The rule '{written}' is not one of the standard's metrics and is not enforced.", item.Section.At(member), "Write it as a library metric or an expression."));
                return null;
            }

            problems.Add("FLY1186", $"'{written}' is not a metric.", item.Section.At(member), nearest is null ? $"Known are: {string.Join(", ", Known.Select(k => k.Name))}." : $"Did you mean '{nearest}'?");
            return null;
        }

        if (known.Kind != QualityMetric.RowCount && known.Kind != QualityMetric.DuplicateValues && field is null)
        {
            problems.Add("FLY1188", $"'{known.Name}' looks at one column and stands at the schema object.", item.Section.At(member), "Move it under a property's quality.");
            return null;
        }

        return new NamedMetric(known.Kind, known.Name, isOld || !string.Equals(written, known.Name, StringComparison.Ordinal));
    }
}
