using System.Text.RegularExpressions;
using Flyball.Engine.Expressions;
using Flyball.Projects;

namespace Flyball.Contracts.Quality;

/// <summary>The arguments of a metric, compiled.</summary>
/// <param name="Columns">The columns it reads.</param>
/// <param name="Match">The values it names, when it names some.</param>
internal sealed record MetricArguments(int[] Columns, ValueMatch? Match)
{
    private static readonly string[] UsualMissing = ["", "N/A", "n/a", "NA", "null", "NULL"];

    /// <summary>Null after a problem.</summary>
    public static MetricArguments? Read(QualityItem item, QualityMetric metric, string? field, RowSchema schema)
    {
        var before = item.Section.Problems.Count;
        var arguments = item.Section.Section("arguments");
        arguments?.Keep("missingValues", "validValues", "pattern", "properties");
        arguments?.Finish();
        var columns = field is null ? [] : new[] { schema.IndexOf(field) };
        ValueMatch? match = null;
        switch (metric)
        {
            case QualityMetric.MissingValues:
                match = Missing(arguments, columns[0], schema);
                break;
            case QualityMetric.InvalidValues:
                match = Valid(item, arguments, columns[0], schema);
                break;
            case QualityMetric.DuplicateValues:
                columns = Properties(item, arguments, columns, schema);
                break;
            case QualityMetric.RowCount:
                columns = [];
                break;
            default:
                break;
        }

        return item.Section.Problems.Count > before ? null : new MetricArguments(columns, match);
    }

    private static ValueMatch Missing(YamlSection? arguments, int column, RowSchema schema)
    {
        // Values of another type cannot be in the column: they only say what the source wrote before.
        var written = arguments?.Items("missingValues").Where(i => i.Section is null).Select(i => i.Text ?? "").ToList() ?? [];
        var texts = new HashSet<string>(written.Count == 0 ? UsualMissing : written, StringComparer.Ordinal);
        var values = new HashSet<Value>();
        foreach (var text in texts)
        {
            if (ConstantText.Read(text, schema.Fields[column].Type) is { } value)
            {
                values.Add(value);
            }
        }

        return new ValueMatch(values, texts, null);
    }

    private static ValueMatch? Valid(QualityItem item, YamlSection? arguments, int column, RowSchema schema)
    {
        // 3.0 wrote the list beside the rule.
        var owner = arguments?.Has("validValues") == true ? arguments : item.Section;
        var type = schema.Fields[column].Type;
        HashSet<Value>? values = null;
        HashSet<string>? texts = null;
        if (owner.Has("validValues"))
        {
            values = [];
            texts = new HashSet<string>(StringComparer.Ordinal);
            foreach (var entry in owner.Items("validValues"))
            {
                if (entry.Text is null)
                {
                    continue;
                }

                texts.Add(entry.Text);
                if (ConstantText.Read(entry.Text, type) is { } value)
                {
                    values.Add(value);
                }
                else
                {
                    item.Section.Problems.Add("FLY1188", $"A valid value is no {type.ToString().ToLowerInvariant()}, which the column holds.", entry.Where);
                }
            }
        }

        var pattern = Pattern(item, arguments, type);
        if (values is null && pattern is null)
        {
            item.Section.Problems.Add("FLY1188", "'invalidValues' does not say what is valid.", item.Section.At("arguments"), "Add arguments: { validValues: [a, b] } or { pattern: '^[A-Z]+$' }.");
            return null;
        }

        return new ValueMatch(values, texts, pattern);
    }

    private static Regex? Pattern(QualityItem item, YamlSection? arguments, ScalarType type)
    {
        if (arguments?.Text("pattern") is not { } text)
        {
            return null;
        }

        if (type != ScalarType.Text)
        {
            item.Section.Problems.Add("FLY1188", "A pattern is for a column of texts.", arguments.At("pattern"));
            return null;
        }

        try
        {
            return new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            item.Section.Problems.Add("FLY1188", "The pattern is not a regular expression that can be matched in linear time.", arguments.At("pattern"), "Leave out look-around and back references.");
            return null;
        }
    }

    private static int[] Properties(QualityItem item, YamlSection? arguments, int[] columns, RowSchema schema)
    {
        var written = arguments?.Texts("properties") ?? [];
        if (written.Count == 0)
        {
            if (columns.Length == 0)
            {
                item.Section.Problems.Add("FLY1188", "'duplicateValues' at the schema object names no properties.", item.Section.At("arguments"), "Add arguments: { properties: [tenant_id, order_id] }.");
            }

            return columns;
        }

        foreach (var name in written.Where(n => schema.IndexOf(n) < 0))
        {
            var nearest = NearestName.Of(name, schema.Fields.Select(f => f.Name));
            item.Section.Problems.Add("FLY1188", $"There is no property '{name}'.", arguments!.At("properties"), nearest is null ? null : $"Did you mean '{nearest}'?");
        }

        return [.. written.Select(schema.IndexOf)];
    }
}
