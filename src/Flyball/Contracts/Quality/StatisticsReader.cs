using Flyball.Engine.Expressions;
using Flyball.Projects;

namespace Flyball.Contracts.Quality;

/// <summary>Reads <c>statistics: { outcome: hold, sensitivity: 0.01, freshness: off, columns: { note: off } }</c>.</summary>
internal static class StatisticsReader
{
    public static StatisticsDefinition Read(YamlSection? section, RowSchema schema)
    {
        var usual = new StatisticsDefinition();
        if (section is null)
        {
            return usual;
        }

        var outcome = usual.Outcome;
        if (section.Text("outcome") is { } text)
        {
            if (QualityItem.ParseOutcome(text) is { } known and not RuleOutcome.Quarantine)
            {
                outcome = known;
            }
            else
            {
                section.Problems.Add("FLY1185", $"'{text}' is not an outcome of a statistic.", section.At("outcome"), "Use hold, alert or record.");
            }
        }

        var sensitivity = section.Number("sensitivity") ?? usual.Sensitivity;
        if (sensitivity is not (> 0 and <= 0.5))
        {
            section.Problems.Add("FLY1185", "The sensitivity is a share of batches above 0 and up to 0.5.", section.At("sensitivity"), "Write sensitivity: 0.01.");
        }

        var off = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in section.Section("columns")?.Entries() ?? [])
        {
            if (schema.IndexOf(entry.Name) < 0)
            {
                var nearest = NearestName.Of(entry.Name, schema.Fields.Select(f => f.Name));
                section.Problems.Add("FLY1185", $"There is no property '{entry.Name}'.", entry.Where, nearest is null ? null : $"Did you mean '{nearest}'?");
            }
            else if (entry.Text is "off" or "false")
            {
                off.Add(entry.Name);
            }
            else if (entry.Text is not ("on" or "true"))
            {
                section.Problems.Add("FLY1185", $"'{entry.Name}' is on or off.", entry.Where);
            }
        }

        var freshness = section.Text("freshness");
        if (freshness is not (null or "on" or "off" or "true" or "false"))
        {
            section.Problems.Add("FLY1185", "'freshness' is on or off.", section.At("freshness"), "An agreed length of time belongs under slaProperties.");
        }

        section.Finish();
        return new StatisticsDefinition { Outcome = outcome, Sensitivity = sensitivity, Off = off, Freshness = freshness is not ("off" or "false") };
    }
}
