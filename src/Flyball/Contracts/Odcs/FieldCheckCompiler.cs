using System.Globalization;
using System.Text.RegularExpressions;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;
using Flyball.Projects;

namespace Flyball.Contracts.Odcs;

/// <summary>Compiles a field's <c>logicalTypeOptions</c> to checks; an option that the type does not have is a problem.</summary>
internal static class FieldCheckCompiler
{
    private static readonly TimeSpan PatternTime = TimeSpan.FromSeconds(1);

    public static IFieldCheck[] Compile(string field, ScalarType type, YamlSection options)
    {
        var checks = new List<IFieldCheck>();
        switch (type)
        {
            case ScalarType.Integer:
                RangeCompiler.AddInteger(field, options, checks);
                AddMultiple(field, options, checks);
                break;
            case ScalarType.Number:
                RangeCompiler.AddNumber(field, options, checks);
                AddMultiple(field, options, checks);
                options.Keep("format");
                break;
            case ScalarType.Timestamp:
                RangeCompiler.AddTimestamp(field, options, checks);
                options.Keep("format", "timezone", "defaultTimezone");
                break;
            case ScalarType.Text:
                AddLength(field, options, checks);
                AddPattern(field, options, checks);
                options.Keep("format");
                break;
            default:
                break;
        }

        options.Finish();
        return [.. checks];
    }

    private static void AddMultiple(string field, YamlSection options, List<IFieldCheck> checks)
    {
        if (options.Number("multipleOf") is not { } step)
        {
            return;
        }

        if (!decimal.TryParse(options.Text("multipleOf"), NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) || exact <= 0)
        {
            options.Problems.Add("FLY1107", "'multipleOf' should be greater than 0.", options.At("multipleOf"));
            return;
        }

        checks.Add(new MultipleCheck(exact, new Problem("FLY3103", $"'{field}' should be a multiple of {RangeCompiler.Text(step)}.", new ProblemLocation(Field: field))));
    }

    private static void AddLength(string field, YamlSection options, List<IFieldCheck> checks)
    {
        var (least, most) = (options.Integer("minLength"), options.Integer("maxLength"));
        if (least is null && most is null)
        {
            return;
        }

        RangeCompiler.CheckOrder(field, options, (least ?? 0) <= (most ?? long.MaxValue) && least is not < 0 && most is not < 0);
        var broken = new Problem("FLY3107", $"'{field}' should have {RangeCompiler.Describe(least is { } l ? RangeCompiler.Text(l) : null, false, most is { } m ? RangeCompiler.Text(m) : null, false)} characters.", new ProblemLocation(Field: field));
        checks.Add(new LengthCheck(least ?? 0, most ?? long.MaxValue, broken));
    }

    private static void AddPattern(string field, YamlSection options, List<IFieldCheck> checks)
    {
        if (options.Text("pattern") is not { } pattern)
        {
            return;
        }

        try
        {
            var regex = new Regex(EcmaPattern.ToDotNet(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, PatternTime);
            checks.Add(new PatternCheck(regex, new Problem("FLY3107", $"'{field}' does not match the contract's pattern.", new ProblemLocation(Field: field))));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            options.Problems.Add("FLY1107", "The pattern cannot be used: " + e.Message, options.At("pattern"), "Look-around, back references and atomic groups are not supported: matching takes linear time.");
        }
    }
}
