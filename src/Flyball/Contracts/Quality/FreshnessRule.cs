using Flyball.Engine.Expressions;
using Flyball.Projects;

namespace Flyball.Contracts.Quality;

/// <summary>How old the newest value of a column may be when a batch is known: <c>freshness</c> or <c>latency</c> under <c>slaProperties</c>.</summary>
/// <param name="Property">Which of them.</param>
/// <param name="Column">Position of the timestamp.</param>
/// <param name="Micros">The agreed length.</param>
internal sealed record FreshnessRule(string Property, int Column, long Micros)
{
    /// <summary>The rules of a source; one about a column that is no timestamp is told and not enforced.</summary>
    public static IReadOnlyList<FreshnessRule> Compile(IReadOnlyList<ServiceLevel> levels, RowSchema schema, int eventTime, ProblemList problems)
    {
        var rules = new List<FreshnessRule>();
        foreach (var level in levels.Where(l => l.Property is "freshness" or "latency"))
        {
            var column = level.Field is null ? eventTime : schema.IndexOf(level.Field);
            if (column >= 0 && schema.Fields[column].Type == ScalarType.Timestamp)
            {
                rules.Add(new FreshnessRule(level.Property, column, level.Micros));
            }
            else
            {
                problems.AddNotice(
                    "FLY1203",
                    level.Field is null ? $"'{level.Property}' is watched by arrivals alone: the source has no column of event time." : $"'{level.Property}' is not enforced: '{level.Field}' holds no timestamps.",
                    level.Where,
                    "Name a timestamp under element, or give the source an event time.");
            }
        }

        return rules;
    }
}
