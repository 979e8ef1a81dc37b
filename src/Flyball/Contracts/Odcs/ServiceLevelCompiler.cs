using System.Globalization;
using Flyball.Engine.Expressions;
using Flyball.Engine.Time;
using Flyball.Projects;

namespace Flyball.Contracts.Odcs;

/// <summary>
/// Compiles <c>slaProperties</c>: latency, freshness, frequency and retention are lengths of time; the standard has other properties, which are kept.
/// </summary>
internal static class ServiceLevelCompiler
{
    private static readonly Dictionary<string, string> Lengths = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["latency"] = "latency",
        ["ly"] = "latency",
        ["freshness"] = "freshness",
        ["frequency"] = "frequency",
        ["fy"] = "frequency",
        ["retention"] = "retention",
        ["re"] = "retention",
    };

    private static readonly Dictionary<string, long> Units = Table(
        (1, "us microsecond microseconds"),
        (1_000, "ms millisecond milliseconds"),
        (1_000_000, "s sec second seconds"),
        (60_000_000, "m min minute minutes"),
        (3_600_000_000, "h hr hour hours"),
        (Clock.MicrosPerDay, "d day days"),
        (7 * Clock.MicrosPerDay, "w wk week weeks"),
        (30 * Clock.MicrosPerDay, "mo month months"),
        (365 * Clock.MicrosPerDay, "y yr year years"));

    /// <summary>The lengths that are agreed for a source; problems and notices go to the sections' list.</summary>
    public static IReadOnlyList<ServiceLevel> Compile(ContractDefinition definition, IReadOnlyList<ContractDefinition> ofFile)
    {
        List<ServiceLevel> levels = [];
        foreach (var section in definition.ServiceLevels)
        {
            if (section.Text("property") is { } property && Lengths.TryGetValue(property, out var known) && ReadLength(section, known) is { } micros)
            {
                foreach (var field in Elements(section, definition, ofFile))
                {
                    levels.Add(new ServiceLevel(known, micros, field.Length == 0 ? null : field, section.Text("driver"), section.Where));
                }
            }
        }

        return levels;
    }

    private static long? ReadLength(YamlSection section, string property)
    {
        if (section.Text("value") is not { } text)
        {
            section.Problems.Add("FLY1156", $"'{property}' has no value.", section.At("value"), "Write a number, and its unit under unit.");
            return null;
        }

        if (text.Contains("${", StringComparison.Ordinal))
        {
            section.Problems.AddNotice("FLY1147", $"'{property}' is not enforced: its value is a variable.", section.At("value"));
            return null;
        }

        if (section.Text("unit") is not { } unit)
        {
            if (DurationText.TryParse(text, out var length))
            {
                return length;
            }

            section.Problems.Add("FLY1156", $"'{property}' has no unit.", section.At("value"), $"Add unit, one of: {KnownUnits}.");
            return null;
        }

        if (!Units.TryGetValue(unit, out var scale))
        {
            section.Problems.Add("FLY1156", unit.Length <= 32 ? $"'{unit}' is not a unit of time." : "This is not a unit of time.", section.At("unit"), $"Use one of: {KnownUnits}.");
            return null;
        }

        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) || number < 0 || number > (decimal)DurationText.MaxMicros / scale)
        {
            section.Problems.Add("FLY1156", $"The value of '{property}' should be a number of {unit} from 0 to 100 years.", section.At("value"));
            return null;
        }

        return (long)(number * scale);
    }

    private static string KnownUnits => "us, ms, s, m, h, d, w, mo, y";

    /// <summary>The columns of this source that the property is about; one empty name stands for the source itself. None when it is about others.</summary>
    private static List<string> Elements(YamlSection section, ContractDefinition definition, IReadOnlyList<ContractDefinition> ofFile)
    {
        if (section.Text("element") is not { Length: > 0 } element)
        {
            return [""];
        }

        List<string> fields = [];
        foreach (var name in element.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (FieldOf(definition, name) is { } field)
            {
                fields.Add(field);
            }
            else if (ofFile.All(d => FieldOf(d, name) is null))
            {
                section.Problems.AddNotice("FLY1147", "The service level is not enforced: its element is no source or field of this file.", section.At("element"));
            }
        }

        return fields;
    }

    /// <summary>The field's name, empty for the source itself, null when the element is elsewhere. With one object in the file its name may be left out.</summary>
    private static string? FieldOf(ContractDefinition definition, string element)
    {
        var source = definition.Source;
        if (string.Equals(element, source, StringComparison.Ordinal))
        {
            return "";
        }

        var name = element.StartsWith(source + ".", StringComparison.Ordinal) ? element[(source.Length + 1)..] : element;
        return definition.Fields.Any(f => string.Equals(f.Name, name, StringComparison.Ordinal)) ? name : null;
    }

    private static Dictionary<string, long> Table(params (long Micros, string Names)[] rows) =>
        rows.SelectMany(r => r.Names.Split(' ').Select(n => KeyValuePair.Create(n, r.Micros))).ToDictionary(StringComparer.OrdinalIgnoreCase);
}
