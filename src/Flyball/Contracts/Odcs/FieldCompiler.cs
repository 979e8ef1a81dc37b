using System.Globalization;
using System.Text;
using System.Text.Json;
using Flyball.Contracts.Rows;
using Flyball.Engine.Expressions;
using Flyball.Engine.Problems;

namespace Flyball.Contracts.Odcs;

/// <summary>Compiles a property, and what it nests, to the plan of a column.</summary>
internal static class FieldCompiler
{
    public static FieldPlan Compile(FieldDefinition field, bool isKey)
    {
        var form = field.Options is { } written && field.Kind is FieldKind.Timestamp or FieldKind.Date or FieldKind.Time ? TimeFormCompiler.Compile(field, field.Options) : null;
        form ??= TimeFormCompiler.Usual(field);
        var type = TypeOf(field.Kind);
        var plan = new FieldPlan
        {
            Name = field.Name,
            Path = field.Path,
            Utf8Name = Encoding.UTF8.GetBytes(field.Name),
            EncodedName = JsonEncodedText.Encode(field.Name),
            Type = type,
            Kind = field.Kind,
            Required = field.Required || isKey,
            NullPolicy = field.NullPolicy,
            Coerces = field is { Coerce: true, Kind: FieldKind.Boolean or FieldKind.Integer or FieldKind.Number or FieldKind.Text },
            Privacy = field.Privacy,
            Form = form,
            Nested = field.Kind >= FieldKind.Object ? CompileNested(field) : null,
            Checks = FieldCheckCompiler.Compile(field, form),
            Problems = new FieldProblems(field.Path, field.Kind, form),
        };
        return field.Allowed.Count == 0 ? plan : WithAllowed(plan, field);
    }

    private static ScalarType TypeOf(FieldKind kind) => kind switch
    {
        FieldKind.Boolean => ScalarType.Boolean,
        FieldKind.Integer => ScalarType.Integer,
        FieldKind.Number => ScalarType.Number,
        FieldKind.Timestamp or FieldKind.Date => ScalarType.Timestamp,
        _ => ScalarType.Text,
    };

    private static NestedPlan CompileNested(FieldDefinition field)
    {
        var path = field.Path;
        var where = new ProblemLocation(Field: path);
        var members = field.Properties.Select(p => Compile(p, isKey: false)).ToArray();
        var (least, most, unique, required) = ReadOptions(field);
        var things = field.Kind == FieldKind.Array ? "items" : "members";
        var bounds = RangeCompiler.Describe(least > 0 ? RangeCompiler.Text(least) : null, false, most < long.MaxValue ? RangeCompiler.Text(most) : null, false);
        return new NestedPlan
        {
            Members = members,
            ByName = members.GroupBy(m => m.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal),
            RequiredNames = required,
            Item = field.Item is null ? null : Compile(field.Item, isKey: false),
            Key = field.Key is { Kind: FieldKind.Text } ? Compile(field.Key, isKey: false) : null,
            LeastCount = least,
            MostCount = most,
            HasUniqueItems = unique,
            WrongCount = new Problem("FLY3107", $"'{path}' should have {bounds} {things}.", where),
            NotUnique = new Problem("FLY3107", $"'{path}' has an item twice.", where),
            TooDeep = new Problem("FLY3107", string.Create(CultureInfo.InvariantCulture, $"'{path}' is nested deeper than {NestedPlan.Deepest}."), where),
        };
    }

    private static (long Least, long Most, bool Unique, IReadOnlyList<string> Required) ReadOptions(FieldDefinition field)
    {
        if (field.Options is not { } options)
        {
            return (0, long.MaxValue, false, []);
        }

        var (least, most) = field.Kind == FieldKind.Array
            ? (options.Integer("minItems"), options.Integer("maxItems"))
            : field.Kind is FieldKind.Object or FieldKind.Map ? (options.Integer("minProperties"), options.Integer("maxProperties")) : (null, null);
        RangeCompiler.CheckOrder(field.Path, options, (least ?? 0) <= (most ?? long.MaxValue) && least is not < 0 && most is not < 0);
        var unique = field.Kind == FieldKind.Array && options.Flag("uniqueItems") == true;
        IReadOnlyList<string> required = field.Kind == FieldKind.Object ? options.Texts("required") : [];
        foreach (var name in required.Where(n => field.Properties.Count > 0 && field.Properties.All(p => !string.Equals(p.Name, n, StringComparison.Ordinal))))
        {
            options.Problems.Add("FLY1107", $"'{name}' is required in '{field.Path}', which has no property of that name.", options.At("required"));
        }

        // A member that says itself that it is required is reported by that.
        return (least ?? 0, most ?? long.MaxValue, unique, [.. required.Except(field.Properties.Where(p => p.Required).Select(p => p.Name), StringComparer.Ordinal)]);
    }

    /// <summary>The same plan with the list of values before its other checks; the values are read as a delimited file's would be.</summary>
    private static FieldPlan WithAllowed(FieldPlan plan, FieldDefinition field)
    {
        if (plan.IsJson)
        {
            field.Section.Problems.AddNotice("FLY1147", $"'enum' of '{field.Path}' is not enforced: the field is nested.", field.Section.At("enum"));
            return plan;
        }

        var allowed = new HashSet<Value>();
        foreach (var entry in field.Allowed.Where(e => e.Text is not null))
        {
            if (ValueReader.Read(plan, Encoding.UTF8.GetBytes(entry.Text!), out var value) is not null)
            {
                field.Section.Problems.Add("FLY1107", $"A value under 'enum' is not of the type of '{field.Path}'.", entry.Where, "Every value of an enum is of the field's logical type.");
            }
            else if (!allowed.Add(value))
            {
                field.Section.Problems.Add("FLY1102", $"'enum' of '{field.Path}' has a value twice.", entry.Where, "Keep one of them.");
            }
        }

        var broken = new Problem("FLY3103", $"'{field.Path}' is none of the {allowed.Count} values that the contract lists.", new ProblemLocation(Field: field.Path));
        return plan with { Checks = [new AllowedCheck(allowed, broken), .. plan.Checks] };
    }
}
