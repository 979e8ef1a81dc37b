using Flyball.Contracts.Odcs;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Projects;

namespace Flyball.Contracts.Quality;

/// <summary>The arguments of a metric, compiled.</summary>
/// <param name="Columns">The columns it reads.</param>
/// <param name="Match">The values it names, when it names some.</param>
internal sealed record MetricArguments(int[] Columns, ValueMatch? Match)
{
    private static readonly string[] UsualMissing = ["", "N/A", "n/a", "NA", "null", "NULL"];

    /// <summary>Null after a problem, or after a notice of what is not enforced.</summary>
    public static MetricArguments? Read(QualityItem item, QualityMetric metric, FieldDefinition? field, RowSchema schema)
    {
        var before = item.Section.Problems.Count;
        var arguments = item.Section.Section("arguments");
        arguments?.Keep("missingValues", "validValues", "pattern", "properties");
        arguments?.Finish();
        var columns = field is null ? [] : new[] { schema.IndexOf(field.Name) };
        ValueMatch? match = null;
        switch (metric)
        {
            case QualityMetric.MissingValues:
                match = Missing(arguments, columns[0], schema);
                break;
            case QualityMetric.InvalidValues:
                match = Valid(item, arguments, field!, schema.Fields[columns[0]].Type);
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

        var isUnusable = metric == QualityMetric.InvalidValues && match is null;
        return isUnusable || item.Section.Problems.Count > before ? null : new MetricArguments(columns, match);
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

    private static ValueMatch? Valid(QualityItem item, YamlSection? arguments, FieldDefinition field, ScalarType type)
    {
        // 3.0 wrote the list beside the rule.
        var owner = arguments?.Has("validValues") == true ? arguments : item.Section;
        var pattern = Pattern(item, arguments, type);
        if (owner.Has("validValues"))
        {
            return Listed(item, owner.Items("validValues"), pattern, type);
        }

        if (pattern is not null)
        {
            return new ValueMatch(null, null, pattern);
        }

        // A rule that says nothing is about the column's enum.
        if (arguments?.Has("pattern") != true && field.Allowed.Count > 0)
        {
            if (field.Kind is FieldKind.Text or FieldKind.Integer or FieldKind.Number or FieldKind.Boolean)
            {
                return Listed(item, field.Allowed, null, type);
            }

            item.Section.Problems.AddNotice("FLY1189", $"The rule has no arguments and is not enforced: the enum of '{field.Name}' is checked row by row.", item.Section.Where);
            return null;
        }

        item.Section.Problems.Add("FLY1188", "'invalidValues' does not say what is valid.", item.Section.At("arguments"), "Add arguments: { validValues: [a, b] } or { pattern: '^[A-Z]+$' }, or give the property an enum.");
        return null;
    }

    private static ValueMatch Listed(QualityItem item, IEnumerable<YamlEntry> entries, BoundedPattern? pattern, ScalarType type)
    {
        var values = new HashSet<Value>();
        var texts = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries.Where(e => e.Text is not null))
        {
            texts.Add(entry.Text!);
            if (ConstantText.Read(entry.Text!, type) is { } value)
            {
                values.Add(value);
            }
            else
            {
                item.Section.Problems.Add("FLY1188", $"A valid value is no {type.ToString().ToLowerInvariant()}, which the column holds.", entry.Where);
            }
        }

        return new ValueMatch(values, texts, pattern);
    }

    private static BoundedPattern? Pattern(QualityItem item, YamlSection? arguments, ScalarType type)
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
            if (BoundedPattern.Build(text, out var size) is { } bounded)
            {
                return bounded;
            }

            item.Section.Problems.Add("FLY1240", FieldCheckCompiler.TooMuchWork(size), arguments.At("pattern"), FieldCheckCompiler.LessWork);
            return null;
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
