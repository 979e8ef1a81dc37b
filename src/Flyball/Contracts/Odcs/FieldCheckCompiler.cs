using System.Globalization;
using Flyball.Contracts.Rows;
using Flyball.Engine.Problems;
using Flyball.Projects;

namespace Flyball.Contracts.Odcs;

/// <summary>Compiles a field's <c>logicalTypeOptions</c> to checks; an option that the type does not have is a problem.</summary>
internal static class FieldCheckCompiler
{
    /// <summary>Longer than any pattern that a person wrote.</summary>
    private const int LongestPattern = 4_096;

    private const int MostPatternsKept = 256;

    /// <summary>The way out of FLY1240.</summary>
    internal const string LessWork = "Begin it with ^ and end it with $, use minLength and maxLength for lengths, and repeat fewer times what can overlap.";

    [ThreadStatic]
    private static Dictionary<string, BoundedPattern>? patternsOfThread;

    public static IFieldCheck[] Compile(FieldDefinition field, TimeForm? form)
    {
        if (field.Options is not { } options)
        {
            return [];
        }

        var checks = new List<IFieldCheck>();
        switch (field.Kind)
        {
            case FieldKind.Integer:
                RangeCompiler.AddInteger(field.Path, options, checks);
                AddMultiple(field.Path, options, checks);
                break;
            case FieldKind.Number:
                RangeCompiler.AddNumber(field.Path, options, checks);
                AddMultiple(field.Path, options, checks);
                break;
            case FieldKind.Timestamp or FieldKind.Date:
                RangeCompiler.AddTimestamp(field, form, options, checks);
                options.Keep("format");
                break;
            case FieldKind.Time:
                RangeCompiler.AddTimeOfDay(field, form, options, checks);
                options.Keep("format", "timezone", "defaultTimezone");
                break;
            case FieldKind.Text:
                AddLength(field.Path, options, checks);
                AddPattern(field.Path, options, checks);
                AddFormat(field.Path, options, checks);
                break;
            case FieldKind.Object or FieldKind.Map:
                options.Keep("minProperties", "maxProperties", "required");
                break;
            case FieldKind.Array:
                options.Keep("minItems", "maxItems", "uniqueItems");
                break;
            case FieldKind.Any:
                KeepAll(field.Path, options);
                break;
            default:
                break;
        }

        options.Finish();
        return [.. checks];
    }

    /// <summary>Without a type no option can be called wrong, and none is enforced.</summary>
    private static void KeepAll(string field, YamlSection options)
    {
        options.Entries();
        options.Problems.AddNotice("FLY1147", $"The options of '{field}' are not enforced: its type is not known.", options.Where, "Add logicalType.");
    }

    private static void AddFormat(string field, YamlSection options, List<IFieldCheck> checks)
    {
        if (options.Text("format") is not { } format || TextFormats.Kept.Contains(format))
        {
            return;
        }

        if (TextFormats.All.TryGetValue(format, out var holds))
        {
            checks.Add(new TextFormatCheck(holds, new Problem("FLY3107", $"'{field}' is not of the format {format}.", new ProblemLocation(Field: field))) { Name = format });
            return;
        }

        var nearest = NearestName.Of(format, TextFormats.All.Keys.Order(StringComparer.Ordinal));
        options.Problems.AddNotice(
            "FLY1147", $"The format of '{field}' is not one that can be checked; it is kept.", options.At("format"), nearest is null ? "Use pattern to have it checked." : $"Did you mean '{nearest}'?");
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

        if (pattern.Length > LongestPattern)
        {
            options.Problems.Add("FLY1107", $"The pattern is longer than {LongestPattern} characters.", options.At("pattern"));
            return;
        }

        try
        {
            if (Build(pattern, out var size) is not { } bounded)
            {
                options.Problems.Add("FLY1240", TooMuchWork(size), options.At("pattern"), LessWork);
                return;
            }

            var tried = bounded.IsTriedUpTo ? FormattableString.Invariant($", which is tried on texts of up to {bounded.Longest} characters") : "";
            checks.Add(new PatternCheck(bounded, new Problem("FLY3107", $"'{field}' does not match the contract's pattern{tried}.", new ProblemLocation(Field: field))) { Written = pattern });
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            options.Problems.Add("FLY1107", "The pattern cannot be used: " + e.Message, options.At("pattern"), "Look-around, back references and atomic groups are not supported: matching takes linear time.");
        }
    }

    internal static string TooMuchWork(PatternSize size) =>
        FormattableString.Invariant($"The pattern takes too much work: a text can be at {size.Live} of its positions at once, at every character.");

    /// <summary>Columns of one kind share their pattern, and building one costs about a millisecond.</summary>
    private static BoundedPattern? Build(string pattern, out PatternSize size)
    {
        var known = patternsOfThread ??= new Dictionary<string, BoundedPattern>(StringComparer.Ordinal);
        size = default;
        if (!known.TryGetValue(pattern, out var bounded))
        {
            bounded = BoundedPattern.Build(EcmaPattern.ToDotNet(pattern), out size);
            if (bounded is null)
            {
                return null;
            }

            if (known.Count >= MostPatternsKept)
            {
                known.Clear();
            }

            known.Add(pattern, bounded);
        }

        return bounded;
    }
}
