using System.Globalization;
using Flyball.Contracts.Odcs;
using Flyball.Projects;

namespace Flyball.Contracts.Quality;

/// <summary>One item under <c>quality</c>, read: every name of the standard is known, any other is refused with the nearest.</summary>
internal sealed class QualityItem
{
    private static readonly string[] Kinds = ["library", "text", "sql", "custom"];

    private readonly RuleOutcome? stated;

    private QualityItem(YamlSection section)
    {
        Section = section;
        var custom = OdcsCustomProperties.Read(section, "outcome");
        stated = ReadOutcome(custom);
        Engine = section.Text("engine");
        Severity = section.Text("severity") ?? "error";
        Kind = ReadKind(section);
        Bound = ReadBound(section);
        IsPercent = ReadUnit(section);
        section.Keep("id", "name", "description", "dimension", "method", "businessImpact", "schedule", "scheduler", "scheduleCronExpression", "tags");
        section.Keep("authoritativeDefinitions", "metric", "rule", "arguments", "validValues", "query", "implementation");
    }

    public YamlSection Section { get; }

    /// <summary><c>library</c>, <c>text</c>, <c>sql</c> or <c>custom</c>.</summary>
    public string Kind { get; }

    public string? Engine { get; }

    /// <summary>As written, else <c>error</c>.</summary>
    public string Severity { get; }

    public QualityBound? Bound { get; }

    public bool IsPercent { get; }

    /// <summary>A row that breaks an error goes to the quarantine; lesser severities are reported or recorded.</summary>
    public RuleOutcome OutcomeOfRow => stated ?? Lesser ?? RuleOutcome.Quarantine;

    private RuleOutcome? Lesser => Severity.ToLowerInvariant() switch
    {
        "warning" or "warn" => RuleOutcome.Alert,
        "info" => RuleOutcome.Record,
        _ => null,
    };

    public static QualityItem Read(YamlSection section) => new(section);

    public string? Text(string name) => Section.Text(name);

    /// <summary>A batch is reported by default. It has no rows to put aside: that is a problem.</summary>
    public RuleOutcome OutcomeOfBatch(ProblemList problems)
    {
        if (stated == RuleOutcome.Quarantine)
        {
            problems.Add("FLY1188", "A rule over a batch cannot put rows aside: it does not say which.", Section.At("customProperties"), "Use hold, alert or record.");
        }

        return stated ?? Lesser ?? RuleOutcome.Alert;
    }

    internal static RuleOutcome? ParseOutcome(string text) => text switch
    {
        "quarantine" => RuleOutcome.Quarantine,
        "hold" => RuleOutcome.Hold,
        "alert" => RuleOutcome.Alert,
        "record" => RuleOutcome.Record,
        _ => null,
    };

    private static RuleOutcome? ReadOutcome(OdcsCustomProperties custom) => custom.Text("outcome") is null
        ? null
        : custom.OneOf(
            "outcome",
            ("alert", (RuleOutcome?)RuleOutcome.Alert),
            ("quarantine", RuleOutcome.Quarantine),
            ("hold", RuleOutcome.Hold),
            ("record", RuleOutcome.Record));

    private static string ReadKind(YamlSection section)
    {
        var kind = section.Text("type");
        if (kind is null)
        {
            return section.Has("query") ? "sql" : section.Has("engine") ? "custom" : "library";
        }

        if (!Kinds.Contains(kind, StringComparer.Ordinal))
        {
            var nearest = NearestName.Of(kind, Kinds);
            section.Problems.Add("FLY1186", $"'{kind}' is not a type of quality rule.", section.At("type"), nearest is null ? $"Known are: {string.Join(", ", Kinds)}." : $"Did you mean '{nearest}'?");
            return "";
        }

        return kind;
    }

    private static QualityBound? ReadBound(YamlSection section)
    {
        var found = new List<QualityBound>();
        foreach (var name in QualityBound.OfOne)
        {
            // A comparison value may be written in quotes.
            if (section.Has(name) && section.Text(name) is { } text)
            {
                if (Number(text) is { } number)
                {
                    found.Add(new QualityBound(name, number, number));
                }
                else
                {
                    section.Problems.Add("FLY1187", $"'{name}' needs a number.", section.At(name));
                }
            }
        }

        foreach (var name in QualityBound.OfTwo)
        {
            var ends = section.Texts(name);
            if (ends.Count == 2 && Number(ends[0]) is { } low && Number(ends[1]) is { } high && low <= high)
            {
                found.Add(new QualityBound(name, low, high));
            }
            else if (section.Has(name))
            {
                section.Problems.Add("FLY1187", $"'{name}' needs two numbers, the lesser first.", section.At(name), $"Write {name}: [100, 120].");
            }
        }

        // The old spellings of two operators.
        section.Keep("mustBeGreaterThanOrEqualTo", "mustBeLessThanOrEqualTo");
        AddOld(section, "mustBeGreaterThanOrEqualTo", "mustBeGreaterOrEqualTo", found);
        AddOld(section, "mustBeLessThanOrEqualTo", "mustBeLessOrEqualTo", found);
        if (found.Count > 1)
        {
            section.Problems.Add("FLY1187", "The rule has two operators.", section.At(found[1].Operator), "Write a rule for each, or mustBeBetween.");
        }

        return found.FirstOrDefault();
    }

    private static void AddOld(YamlSection section, string old, string name, List<QualityBound> found)
    {
        if (section.Number(old) is { } number)
        {
            found.Add(new QualityBound(name, number, number));
        }
    }

    private static bool ReadUnit(YamlSection section)
    {
        switch (section.Text("unit"))
        {
            case null or "rows":
                return false;
            case "percent":
                return true;
            case var unit:
                section.Problems.Add("FLY1187", $"'{unit}' is not a unit of a quality rule.", section.At("unit"), "Use rows or percent.");
                return false;
        }
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}
